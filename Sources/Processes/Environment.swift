import Glibc

/// The environment of this process, environ(7).
///
/// It may be changed only while the process has one thread.
package enum Environment {
    /// The value of a variable; nil when it is not set.
    package static func value(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// Takes variables out, so that children do not inherit them.
    package static func remove(_ names: [String]) {
        for name in names { unsetenv(name) }
    }
}
