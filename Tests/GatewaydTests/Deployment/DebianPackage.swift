import Foundation
import Testing

/// The package as `make deb` builds it, but of the programs under test and hardly compressed.
final class DebianPackage: Sendable {
    let path: String
    private let folder: TemporaryFolder

    /// Whether a package can be built here.
    static let isPossible = ["dpkg-deb", "dpkg-shlibdeps", "objcopy", "perl", "make"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)")
    }

    /// Builds one that calls itself so.
    static func build(
        version: String, sourceDateEpoch: Int? = nil, settings: [String: String] = [:]
    ) async throws -> DebianPackage {
        let folder = try TemporaryFolder()
        var environment = settings.merging(["VERSION": version, "COMPRESSION": "gzip -z1"]) { $1 }
        if let sourceDateEpoch { environment["SOURCE_DATE_EPOCH"] = "\(sourceDateEpoch)" }
        let programs = URL(fileURLWithPath: Program.gatewayd).deletingLastPathComponent().path
        let program = try Program(
            Repository.path("deploy/debian/build"), [programs, folder.path], environment: environment)
        defer { program.stop() }
        let code = try await program.exit(limit: .seconds(120))
        try await program.allGone()
        let path = try #require(program.output.lines.last, "\(program.errors.lines)")
        guard code == 0 else { throw WaitedInVain(description: "no package: \(program.errors.lines)") }
        return DebianPackage(path, folder)
    }

    private init(_ path: String, _ folder: TemporaryFolder) {
        self.path = path
        self.folder = folder
    }
}

extension SystemdMachine {
    /// Boots one with an upstream on port 9001 and the package's configuration in place of the sample, and installs the
    /// package, which starts it.
    static func boot(with package: DebianPackage, settings: String = "") async throws -> SystemdMachine {
        let machine = try await boot()
        try machine.write(upstream, to: "/etc/upstream.conf")
        try machine.write(configuration(settings), to: "/etc/gatewayd/gatewayd.yaml")
        try machine.write(String(repeating: "x", count: 3_000), to: "/srv/slow")
        try await machine.output("truncate", "--size=400M", "/srv/big")
        try await machine.output("systemd-run", "--unit=upstream", "nginx", "-c", "/etc/upstream.conf")
        try await machine.install(package)
        return machine
    }

    /// Installs a package, or upgrades to it; a configuration that is there stays.
    func install(_ package: DebianPackage) async throws {
        let name = "/root/gatewayd.deb"
        try? FileManager.default.removeItem(atPath: path(name))
        try FileManager.default.copyItem(atPath: package.path, toPath: path(name))
        try await output("dpkg", "--no-triggers", "--force-unsafe-io", "--force-confold", "--install", name)
    }

    /// What `gatewayctl stats` says.
    func stats() async throws -> Stats {
        try await JSONDecoder().decode(Stats.self, from: Data(output("gatewayctl", "stats").utf8))
    }

    /// A property of the service, as `systemctl show` has it.
    func property(_ name: String) async throws -> String {
        try await output("systemctl", "show", "--property", name, "--value", "gatewayd.service")
    }

    /// Where clients come in, as it is seen from here.
    var socketPath: String { path("/run/gatewayd/http.sock") }

    /// One request on a new connection.
    func get(_ path: String) async throws -> HTTPReply {
        let client = try await RawClient.connect(path: socketPath)
        try await client.request("GET", path)
        return try await client.reply()
    }

    static func configuration(_ settings: String = "") -> String {
        """
        listen: [127.0.0.1:8080, "unix:/run/gatewayd/http.sock"]
        workers: 2
        reload: { canary: 20ms }
        limits: { response_body: 1GiB }
        \(settings)
        upstreams:
          service: { servers: ["http://localhost:9001"] }
        routes:
          - path: /page
            fan_out: [{ name: user, upstream: service, path: /user }]
          - path: /slow
            timeout: 30s
            fan_out: [{ name: slow, upstream: service, path: /slow, as: text }]
          - path: /big
            timeout: 30s
            fan_out: [{ name: big, upstream: service, path: /big, as: base64 }]
        """
    }

    /// A file of 3 kB takes some two seconds from `/slow`.
    private static let upstream = """
        daemon off;
        pid /run/upstream.pid;
        events {}
        http {
            access_log off;
            server {
                listen 127.0.0.1:9001;
                root /srv;
                location /user { default_type application/json; return 200 '{"id":1}'; }
                location /slow { limit_rate 1k; }
                location /big { }
            }
        }
        """
}
