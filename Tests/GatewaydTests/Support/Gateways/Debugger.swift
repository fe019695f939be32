import Foundation
import Testing

/// gdb, which does to a running program what otherwise only a mistake in it would.
enum Debugger {
    /// nil when it is not installed.
    static let executable = ["/usr/bin/gdb", "/usr/local/bin/gdb"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// The toolchain's program that writes backtraces; nil when there is none.
    static let backtracer = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { URL(fileURLWithPath: "\($0)/swift").resolvingSymlinksInPath().deletingLastPathComponent() }
        .map { $0.appending(path: "../libexec/swift/linux/swift-backtrace").standardizedFileURL.path }
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// Has the thread with this name go on at another address, such as `0x10` or `&pause`, and lets go of the process.
    static func send(thread name: String, of pid: pid_t, to address: String) async throws {
        let found = try await run(pid, "thread find ^\(name)$")
        let line = try #require(found.first { $0.hasPrefix("Thread ") && $0.contains("name '") }, "\(found)")
        let number = try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        // A system call that was interrupted would be begun again, some bytes before the address.
        _ = try await run(
            pid, "thread \(number)", "set $orig_rax = -1", "set $rip = (unsigned long) \(address)", "detach")
    }

    private static func run(_ pid: pid_t, _ commands: String...) async throws -> [String] {
        let program = try Program(
            try #require(executable),
            ["-q", "-nx", "-batch", "-p", "\(pid)"] + commands.flatMap { ["-ex", $0] })
        defer { program.stop() }
        _ = try await program.exit(limit: .seconds(60))
        try await program.allGone()
        return program.output.lines
    }
}
