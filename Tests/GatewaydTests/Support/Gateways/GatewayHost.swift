import Foundation
import Glibc
import Processes

/// A machine of a `HostNetwork`: gatewayd on the addresses that others know, and a service of its own.
final class GatewayHost: Sendable {
    private let network: HostNetwork
    private let index: Int
    private let folder: TemporaryFolder
    private let service: Program
    private let gateway: Locked<Program?> = .init(nil)

    private var control: String { "\(folder.path)/control.sock" }

    init(_ index: Int, of network: HostNetwork) throws {
        self.index = index
        self.network = network
        folder = try TemporaryFolder()
        try Self.service(in: folder.path).write(toFile: "\(folder.path)/nginx.conf", atomically: true, encoding: .utf8)
        try """
        listen: 10.0.0.\(index + 1):8080
        admin: 10.0.0.\(index + 1):9180
        control: \(folder.path)/control.sock
        trusted_proxies: [10.0.0.254]
        workers: 2
        access_log: false
        routes:
          - path: /page
            fan_out:
              - { name: user, url: "http://127.0.0.1:9001/user", required: true }
              - { name: news, url: "http://127.0.0.1:9001/news", required: true }
        """.write(toFile: "\(folder.path)/gatewayd.yaml", atomically: true, encoding: .utf8)
        service = try network.run(
            onHost: index, "/usr/sbin/nginx",
            ["-p", folder.path, "-c", "\(folder.path)/nginx.conf", "-e", "stderr", "-g", "daemon off;"])
    }

    deinit {
        gateway.withLock { $0 }?.stop()
        service.stop()
    }

    private static func service(in folder: String) -> String {
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \(folder)/\($0);" }.joined(separator: " ")
        return """
            pid \(folder)/nginx.pid; error_log stderr warn; worker_processes 1;
            events { worker_connections 1024; }
            http {
              access_log off; default_type application/json; keepalive_requests 1000000; \(temporary)
              server {
                listen 127.0.0.1:9001;
                location = /user { return 200 '{"id":7}'; }
                location = /news { return 200 '[1,2]'; }
              }
            }
            """
    }

    /// Starts gatewayd, for the first time or after its end, and returns when it serves.
    func start() async throws {
        let program = try network.run(onHost: index, Program.gatewayd, ["--config", "\(folder.path)/gatewayd.yaml"])
        gateway.withLock { $0 = program }
        try await waitUntil("gatewayd was ready: \(program.errors.lines)") {
            program.errors.lines.contains { $0.contains("\"event\":\"all_ready\"") } || program.exitCode != nil
        }
        guard program.exitCode == nil else { throw WaitedInVain(description: "\(program.errors.lines)") }
    }

    /// Kills all its processes at once, so that nobody drains.
    func kill() async throws {
        let stats = try await stats()
        for pid in [stats.supervisor.pid] + stats.workers.map(\.pid) { Glibc.kill(pid, SIGKILL) }
        _ = try await gateway.withLock { $0 }?.exit()
        try await gateway.withLock { $0 }?.allGone()
    }

    /// Has it drain; its exit code.
    func drain() async throws -> Int32? {
        let result = try await Program.run(Program.gatewayctl, "drain", "--socket", control)
        guard result.exitCode == 0 else { throw WaitedInVain(description: "\(result.errors)") }
        return try await gateway.withLock { $0 }?.exit()
    }

    /// Requests that this gatewayd has had since its start.
    func requests() async throws -> Int { try await stats().totals.requests.total }

    private func stats() async throws -> Stats {
        let result = try await Program.run(Program.gatewayctl, "stats", "--json", "--socket", control)
        return try JSONDecoder().decode(Stats.self, from: Data(result.output.joined(separator: "\n").utf8))
    }
}
