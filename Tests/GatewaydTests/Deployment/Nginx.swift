import Foundation
import Testing

/// nginx with the nginx.conf of the repository, in front of what a test has started.
final class Nginx: Sendable {
    let port: Int
    private let program: Program
    private let directory: String
    private let listener: PassedSocket

    /// Where Debian and others have it; nil when it is not installed.
    static let executable = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// Starts it over a gateway's two ports and returns when it answers.
    ///
    /// Only addresses and ports of the configuration are changed.
    static func start(clients: Int, admin: Int) async throws -> Nginx {
        let executable = try #require(executable, "nginx is not installed; make test installs it")
        let nginx = try Nginx(executable, clients: clients, admin: admin)
        try await waitUntil("nginx listened: \(nginx.log)") { try await nginx.get("/healthz").status > 0 }
        return nginx
    }

    private init(_ executable: String, clients: Int, admin: Int) throws {
        // nginx takes no port 0; it does take over a socket that is already bound, as it does at its own upgrade.
        listener = try PassedSocket()
        port = listener.port
        directory = try Gateway.makeDirectory()
        // Its workers run as another user when it is started as root.
        chmod(directory, 0o755)
        let file = "\(directory)/nginx.conf"
        try Repository.text("nginx.conf")
            .exchanging("server 127.0.0.1:8080 max_fails", for: "server 127.0.0.1:\(clients) max_fails")
            .exchanging("server 127.0.0.1:9180 max_fails", for: "server 127.0.0.1:\(admin) max_fails")
            .exchanging("listen 8000;", for: "listen 127.0.0.1:\(port);")
            .exchanging("worker_processes     auto;", for: "worker_processes 1;")
            .write(toFile: file, atomically: true, encoding: .utf8)
        program = try Program(
            executable, ["-p", directory, "-e", "\(directory)/error.log", "-c", file, "-g", "daemon off;"],
            inheriting: [listener.descriptor], environment: ["NGINX": "\(listener.descriptor);"])
    }

    deinit {
        program.stop()
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// What it has complained of.
    var log: String { (try? String(contentsOfFile: "\(directory)/error.log", encoding: .utf8)) ?? "" }

    /// The lines of its access log, a JSON object each.
    var requests: [[String: Any]] {
        // A target may have any bytes.
        let bytes = FileManager.default.contents(atPath: "\(directory)/access.log") ?? Data()
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap {
            (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
        }
    }

    /// One request on a new connection.
    func get(_ path: String, headers: [(String, String)] = []) async throws -> HTTPReply {
        let client = try await RawClient.connect(port: port)
        try await client.request("GET", path, headers: headers)
        return try await client.reply()
    }
}
