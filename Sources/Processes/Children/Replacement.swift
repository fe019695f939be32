import CLinux
import Glibc

/// Puts another program in the place of this one: same process, same children, and the descriptors that it is to have.
package enum Replacement {
    /// Runs a program in this process (execve(2)); returns only by throwing, and then all is as before.
    ///
    /// - Parameters:
    ///   - arguments: With the program's name.
    ///   - descriptors: Those that stay open, under their numbers.
    ///   - variables: Added to the environment.
    package static func run(
        _ executable: String, arguments: [String], keeping descriptors: [Int32], adding variables: [String: String]
    ) throws(SystemError) -> Never {
        var vector: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        vector.append(nil)
        for (name, value) in variables { setenv(name, value, 1) }
        for descriptor in descriptors { _ = CLinux_clear_close_on_exec(descriptor) }
        execv(executable, vector)
        let failure = SystemError("run", executable)
        for descriptor in descriptors { _ = CLinux_set_close_on_exec(descriptor) }
        Environment.remove(Array(variables.keys))
        for text in vector { free(text) }
        throw failure
    }

    /// The path by which this program was started, absolute: what lies there later is its successor.
    ///
    /// - Parameter name: The first argument. One without a slash was found in PATH, so that the file itself has to do.
    package static func path(startedAs name: String) -> String {
        if name.hasPrefix("/") { return name }
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        if name.utf8.contains(UInt8(ascii: "/")) {
            let isFound = buffer.withUnsafeMutableBytes { bytes in
                getcwd(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count) != nil
            }
            if isFound { return String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self) + "/" + name }
        }
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.baseAddress.map { readlink("/proc/self/exe", $0.assumingMemoryBound(to: CChar.self), bytes.count) }
                ?? 0
        }
        return count > 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : name
    }

    /// Opens this very program, whatever lies at its path by now; the caller's to close, -1 when it cannot be.
    package static func openSelf() -> Int32 {
        open("/proc/self/exe", O_RDONLY | O_CLOEXEC)
    }
}
