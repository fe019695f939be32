import CLinux
import Glibc

/// The environment of this process, environ(7).
///
/// It may be changed only while the process has one thread.
package enum Environment {
    /// The value of a variable; nil when it is not set.
    package static func value(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// All variables.
    package static var all: [String: String] {
        var variables: [String: String] = [:]
        var next = CLinux_environment()
        while let entry = next.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            next += 1
        }
        return variables
    }

    /// Puts settings before those that a variable has, which stand where they say otherwise; once, also over upgrades.
    package static func prepend(_ settings: String, to name: String) {
        let own = value(name) ?? ""
        guard !own.hasPrefix(settings) else { return }
        setenv(name, own.isEmpty ? settings : "\(settings),\(own)", 1)
    }

    /// Takes variables out, so that children do not inherit them.
    package static func remove(_ names: [String]) {
        for name in names { unsetenv(name) }
    }
}
