import CLinux
import Foundation
import Processes

/// One of our built programs, started by a test: its output, its end.
final class Program: Sendable {
    /// Where the programs are: beside the test bundle.
    static let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

    /// The built daemon; `GATEWAYD` names another one.
    static let gatewayd =
        ProcessInfo.processInfo.environment["GATEWAYD"] ?? folder.appending(path: "gatewayd").path
    /// The built control program.
    static let gatewayctl = folder.appending(path: "gatewayctl").path

    let pid: pid_t
    let output: OutputLines
    let errors: OutputLines
    private let status = Locked<Int32?>(nil)

    /// Starts a program with no standard input, and these descriptors under their own numbers beside 1 and 2.
    init(
        _ executable: String, _ arguments: [String], inheriting descriptors: [Int32] = [],
        environment: [String: String] = [:]
    ) throws {
        let out = try Self.pipe()
        let err = try Self.pipe()
        defer {
            close(out.write)
            close(err.write)
        }
        pid = try Self.spawn(
            executable, arguments, output: out.write, errors: err.write, inheriting: descriptors,
            environment: ProcessInfo.processInfo.environment.merging(environment) { $1 })
        output = OutputLines(reading: out.read)
        errors = OutputLines(reading: err.read)
        Thread.detachNewThread { [self] in
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            let ended = status
            self.status.withLock { $0 = ended }
        }
    }

    /// The exit code, or 128 and the signal's number as a shell says it; nil while it runs.
    var exitCode: Int32? {
        status.withLock { $0 }.map { $0 & 0x7F == 0 ? ($0 >> 8) & 0xFF : 128 + ($0 & 0x7F) }
    }

    /// Waits for the end and returns `exitCode`.
    func exit(limit: Duration = patience) async throws -> Int32 {
        try await waitUntil("process \(pid) ended, \(errors.lines.suffix(5))", limit: limit) { exitCode != nil }
        return exitCode ?? -1
    }

    /// Waits until it and all it started are gone: nobody holds its output open any more.
    func allGone(limit: Duration = patience) async throws {
        try await waitUntil("the processes of \(pid) were gone", limit: limit) {
            exitCode != nil && output.hasEnded && errors.hasEnded
        }
    }

    /// Sends it a signal, unless it has ended.
    func signal(_ number: Int32) {
        if exitCode == nil { kill(pid, number) }
    }

    /// Ends it without ceremony: two TERMs say "at once", and KILL follows when that does not help.
    func stop() {
        for number in [SIGTERM, SIGTERM, SIGKILL] {
            signal(number)
            let deadline = ContinuousClock.now + (number == SIGKILL ? .seconds(10) : .seconds(2))
            while exitCode == nil, ContinuousClock.now < deadline { usleep(5_000) }
        }
    }

    /// Runs a program to its end: its exit code and its lines.
    static func run(
        _ executable: String, _ arguments: String..., environment: [String: String] = [:]
    ) async throws -> (exitCode: Int32, output: [String], errors: [String]) {
        let program = try Program(executable, arguments, environment: environment)
        defer { program.stop() }
        let code = try await program.exit()
        try await program.allGone()
        return (code, program.output.lines, program.errors.lines)
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard CLinux_pipe(&ends) == 0 else { throw Failure(call: "pipe", number: errno) }
        return (ends[0], ends[1])
    }

    private static func spawn(
        _ executable: String, _ arguments: [String], output: Int32, errors: Int32, inheriting descriptors: [Int32],
        environment: [String: String]
    ) throws -> pid_t {
        // Other suites run in this process at the same time, and their descriptors are none of the program's business.
        CLinux_close_on_exec_from(3)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        for descriptor in descriptors { posix_spawn_file_actions_adddup2(&actions, descriptor, descriptor) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        // It stays in the tests' process group, so that Ctrl-C ends it with them.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var argv = ([executable] + arguments).map { strdup($0) } + [nil]
        var envp = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, executable, &actions, &attributes, &argv, &envp)
        guard result == 0 else { throw Failure(call: "start \(executable)", number: result) }
        return pid
    }

    /// A system call that failed.
    struct Failure: Error, CustomStringConvertible {
        var call: String
        var number: Int32
        var description: String { "\(call): \(String(cString: strerror(number)))" }
    }
}
