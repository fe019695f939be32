import Glibc

/// Standard error, for messages and the progress of what takes long.
enum Terminal {
    /// Whether somebody looks at standard error.
    static var isInteractive: Bool { isatty(STDERR_FILENO) == 1 }

    static func error(_ line: String) {
        write(line + "\n")
    }

    /// Replaces the line that is shown.
    static func progress(_ line: String) {
        if isInteractive { write("\r\u{1B}[K" + line) }
    }

    private static func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
