import Foundation
import Testing

/// All suites that start programs; each is `.serialized`, and has a `.seat` or is `.alone`.
@Suite enum RunningPrograms {}

/// The built daemon with a configuration, on ports of the kernel's choice; it never outlives the test.
final class Gateway: Sendable {
    let program: Program
    private let folder: TemporaryFolder
    /// Of the clients' TCP listener.
    let port: Int
    let adminPort: Int

    var pid: pid_t { program.pid }
    /// A folder of its own, which holds configuration and sockets.
    var directory: String { folder.path }
    var controlPath: String { "\(directory)/control.sock" }
    /// The clients' unix socket, where the test asked for one.
    var socketPath: String { "\(directory)/http.sock" }
    /// The lines of standard output: the access log.
    var standardOutput: [String] { program.output.lines }
    /// The supervisor's log so far.
    var events: [LogEvent] { program.errors.lines.compactMap(LogEvent.init) }

    /// Which file is started, and which descriptors it is given beside those that it opens.
    struct Installed {
        var executable = Program.gatewayd
        var inherited: [Int32] = []
    }

    /// Starts the daemon and returns when all workers and the admin process are ready.
    ///
    /// - Parameter yaml: Upstreams, routes and what else the configuration is to have; addresses, workers and
    ///   `access_log` are put before it.
    static func start(
        _ yaml: String, workers: Int = 1, accessLog: Bool = false, unixSocket: Bool = false,
        environment: [String: String] = [:], as installed: Installed = Installed()
    ) async throws -> Gateway {
        let folder = try TemporaryFolder()
        let directory = folder.path
        let file = "\(directory)/gatewayd.yaml"
        let listen = ["127.0.0.1:0"] + (unixSocket ? ["unix:\(directory)/http.sock"] : [])
        try text(yaml, in: directory, listen: listen, workers: "\(workers)", accessLog: accessLog)
            .write(toFile: file, atomically: true, encoding: .utf8)
        let program = try Program(
            installed.executable, ["--config", file], inheriting: installed.inherited, environment: environment)
        do {
            try await waitUntil("gatewayd was ready") {
                program.errors.lines.contains { $0.contains("\"event\":\"all_ready\"") } || program.exitCode != nil
            }
            return try Gateway(program, folder)
        } catch {
            program.stop()
            throw WaitedInVain(description: "\(error): \(program.errors.lines.joined(separator: "\n"))")
        }
    }

    private static func text(
        _ yaml: String, in directory: String, listen: [String], workers: String, accessLog: Bool
    ) -> String {
        """
        listen: [\(listen.map { "\"\($0)\"" }.joined(separator: ", "))]
        admin: 127.0.0.1:0
        control: \(directory)/control.sock
        workers: \(workers)
        access_log: \(accessLog)
        \(yaml)
        """
    }

    /// Writes another configuration, for the next reload; the file has five lines before `yaml`.
    func rewrite(_ yaml: String, listen: [String] = ["127.0.0.1:0"], workers: String = "1") throws {
        try Self.text(yaml, in: directory, listen: listen, workers: workers, accessLog: false)
            .write(toFile: "\(directory)/gatewayd.yaml", atomically: true, encoding: .utf8)
    }

    /// Runs gatewayctl against this daemon.
    func control(_ arguments: String...) async throws -> (exitCode: Int32, output: [String], errors: [String]) {
        let program = try Program(Program.gatewayctl, arguments + ["--socket", controlPath])
        defer { program.stop() }
        let code = try await program.exit()
        try await program.allGone()
        return (code, program.output.lines, program.errors.lines)
    }

    private init(_ program: Program, _ folder: TemporaryFolder) throws {
        self.program = program
        self.folder = folder
        let events = program.errors.lines.compactMap(LogEvent.init).filter { $0.event == "listening" }
        func port(_ purpose: String) -> Int? {
            events.lazy.filter { $0.purpose == purpose }
                .compactMap { $0.address.hasPrefix("127.0.0.1:") ? Int($0.address.dropFirst(10)) : nil }.first
        }
        guard let clients = port("clients"), let admin = port("admin") else {
            throw WaitedInVain(description: "gatewayd did not say where it listens")
        }
        self.port = clients
        adminPort = admin
    }

    deinit {
        program.stop()
    }

    /// A new connection to the TCP listener.
    func connect() async throws -> RawClient {
        try await RawClient.connect(port: port)
    }

    /// One request on a new connection.
    func get(_ path: String, headers: [(String, String)] = []) async throws -> HTTPReply {
        let client = try await connect()
        try await client.request("GET", path, headers: headers)
        return try await client.reply()
    }

    /// One request with a body on a new connection.
    func send(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: String
    ) async throws -> HTTPReply {
        let client = try await connect()
        try await client.send(
            "\(method) \(path) HTTP/1.1\r\nHost: test\r\nContent-Length: \(body.utf8.count)\r\n"
                + headers.map { "\($0): \($1)\r\n" }.joined() + "\r\n" + body)
        return try await client.reply()
    }

    /// One request to the admin endpoints.
    func admin(_ path: String) async throws -> HTTPReply {
        let client = try await RawClient.connect(port: adminPort)
        try await client.request("GET", path)
        return try await client.reply()
    }

    /// What `/stats` says now.
    func stats() async throws -> Stats {
        try await JSONDecoder().decode(Stats.self, from: Data(admin("/stats").body.utf8))
    }

    /// Waits for a line of the supervisor's log.
    @discardableResult
    func waitFor(
        event: String, limit: Duration = patience, where matches: (LogEvent) -> Bool = { _ in true }
    ) async throws -> LogEvent {
        var found: LogEvent?
        try await waitUntil("the event \(event) came", limit: limit) {
            found = events.first { $0.event == event && matches($0) }
            return found != nil
        }
        guard let found else { throw WaitedInVain(description: event) }
        return found
    }

    /// Signals the supervisor, or another of its processes.
    func signal(_ number: Int32, to other: pid_t? = nil) {
        if let other { kill(other, number) } else { program.signal(number) }
    }

    /// Waits for the supervisor's end; its exit code, or 128 and the signal's number.
    func exit(limit: Duration = patience) async throws -> Int32 {
        try await program.exit(limit: limit)
    }

    /// Ends it now.
    func stop() {
        program.stop()
    }

    /// A new folder that the caller removes; its name is short enough for the path of a unix socket in it.
    static func makeDirectory() throws -> String {
        var template = Array("/tmp/gatewayd-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Program.Failure(call: "mkdtemp", number: errno) }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
