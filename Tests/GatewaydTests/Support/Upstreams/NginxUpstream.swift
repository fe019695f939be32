import Foundation

/// An nginx that answers a few paths with JSON: an upstream in a process of its own, fast enough for load.
final class NginxUpstream: Sendable {
    private static let executable = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    static var isInstalled: Bool { executable != nil }

    /// On 127.0.0.1.
    let port: Int
    private let program: Program
    private let folder: TemporaryFolder

    /// Starts one and returns when it answers.
    static func start(paths: [String]) async throws -> NginxUpstream {
        guard let executable else { throw WaitedInVain(description: "nginx is not installed") }
        var errors: [String] = []
        // nginx cannot leave the port to the kernel: it gets one that was free, which somebody else may have taken since.
        for _ in 0..<3 {
            let folder = try TemporaryFolder()
            let port = try DeadPort().port
            let file = "\(folder.path)/nginx.conf"
            try configuration(paths, port, folder.path).write(toFile: file, atomically: true, encoding: .utf8)
            let nginx = try NginxUpstream(executable, file, port, folder)
            try await waitUntil("nginx answered") {
                guard nginx.program.exitCode == nil else { return true }
                guard let client = try? await RawClient.connect(port: port) else { return false }
                try await client.request("GET", paths.first ?? "/")
                return try await client.reply().status == 200
            }
            if nginx.program.exitCode == nil { return nginx }
            errors += nginx.program.errors.lines
        }
        throw WaitedInVain(description: "nginx did not start: \(errors)")
    }

    private init(_ executable: String, _ file: String, _ port: Int, _ folder: TemporaryFolder) throws {
        program = try Program(executable, ["-p", folder.path, "-c", file, "-e", "stderr"])
        self.port = port
        self.folder = folder
    }

    deinit { program.stop() }

    private static func configuration(_ paths: [String], _ port: Int, _ folder: String) -> String {
        let locations = paths.map { #"    location = \#($0) { return 200 '{"from":"\#($0)"}'; }"# }
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "  \($0)_temp_path \(folder)/\($0);" }
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
