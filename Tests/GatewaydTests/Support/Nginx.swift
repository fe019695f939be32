import Foundation

/// An nginx that answers a few paths with JSON: an upstream in a process of its own, fast enough for load.
final class Nginx: Sendable {
    private static let executable = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    static var isInstalled: Bool { executable != nil }

    /// On 127.0.0.1.
    let port: Int
    private let program: Program
    private let folder: TemporaryFolder

    /// Starts one and returns when it answers.
    static func start(paths: [String]) async throws -> Nginx {
        guard let executable else { throw WaitedInVain(description: "nginx is not installed") }
        let folder = try TemporaryFolder()
        // nginx cannot be told to let the kernel choose: the port is held by us until just before it binds.
        var held: DeadPort? = try DeadPort()
        let port = held?.port ?? 0
        let file = "\(folder.path)/nginx.conf"
        try configuration(paths, port, folder.path).write(toFile: file, atomically: true, encoding: .utf8)
        held = nil
        let program = try Program(executable, ["-p", folder.path, "-c", file, "-e", "stderr"])
        let nginx = Nginx(program, port, folder)
        try await waitUntil("nginx answered: \(program.errors.lines)") {
            guard program.exitCode == nil else { return true }
            guard let client = try? await RawClient.connect(port: port) else { return false }
            try await client.request("GET", paths.first ?? "/")
            return try await client.reply().status == 200
        }
        return nginx
    }

    private init(_ program: Program, _ port: Int, _ folder: TemporaryFolder) {
        self.program = program
        self.port = port
        self.folder = folder
    }

    deinit { program.stop() }

    private static func configuration(_ paths: [String], _ port: Int, _ folder: String) -> String {
        let locations = paths.map { #"    location = \#($0) { return 200 '{"from":"\#($0)"}'; }"# }
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "  \($0)_temp_path \(folder)/\($0);" }
        return """
            daemon off;
            pid \(folder)/nginx.pid;
            error_log stderr warn;
            worker_processes 1;
            events { worker_connections 8192; }
            http {
              access_log off;
              default_type application/json;
              keepalive_requests 1000000;
              keepalive_timeout 300s;
            \(temporary.joined(separator: "\n"))
              server {
                listen 127.0.0.1:\(port) backlog=8192;
            \(locations.joined(separator: "\n"))
              }
            }

            """
    }
}

/// Lets this process, and those it starts, have that many descriptors open; throws where the hard limit is lower.
func raiseOpenFiles(to wanted: UInt) throws {
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    getrlimit(resource, &limit)
    guard limit.rlim_cur < wanted else { return }
    limit.rlim_cur = min(limit.rlim_max, rlim_t(wanted))
    guard setrlimit(resource, &limit) == 0, limit.rlim_cur >= wanted else {
        throw Program.Failure(call: "raise the limit of open files to \(wanted)", number: EMFILE)
    }
}
