import Foundation

/// An nginx with TLS servers that answer `"secure"` or pass on to another upstream, and the authority that signed their certificates, made by openssl(1).
final class TLSUpstream: Sendable {
    /// What a server's certificate is like.
    enum Certificate: String, CaseIterable {
        case good
        /// For another host.
        case otherName
        /// No longer valid.
        case expired
        /// Signed by an authority that nobody knows.
        case unknownAuthority
    }

    static let isPossible = Nginx.executable != nil && openssl != nil
    private static let openssl = ["/usr/bin/openssl", "/usr/local/bin/openssl"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    private let folder: TemporaryFolder
    private let program: Program
    private let sockets: [Certificate: PassedSocket]

    /// The PEM file of the authority.
    var authority: String { file("ca.pem") }
    /// A file of the folder: certificates of clients are `alice.pem`, `bob.pem` and `late.pem`, which is expired, and all
    /// have the one key `key.pem`, as servers have; `ca.key` is another one.
    func file(_ name: String) -> String { "\(folder.path)/\(name)" }
    /// Of the key of all servers, as `pins` wants it.
    func pin() throws -> String {
        try "sha256//" + String(contentsOfFile: file("pin"), encoding: .utf8).trimmingCharacters(in: .newlines)
    }

    /// On 127.0.0.1.
    func url(_ certificate: Certificate) -> String { "https://127.0.0.1:\(sockets[certificate]?.port ?? 0)" }

    /// Makes the certificates and starts nginx.
    static func start() async throws -> TLSUpstream {
        guard let executable = Nginx.executable, let openssl else {
            throw WaitedInVain(description: "nginx or openssl is not installed")
        }
        let folder = try TemporaryFolder()
        // nginx's worker runs as another user when it is started as root.
        chmod(folder.path, 0o755)
        let made = try await Program.run("/bin/sh", "-c", script(openssl, folder.path))
        guard made.exitCode == 0 else {
            throw WaitedInVain(description: "openssl: \(made.errors.suffix(5).joined(separator: "\n"))")
        }
        let upstream = try TLSUpstream(executable, folder)
        // Connections wait in the queues of the sockets until then, whoever listens.
        try await waitUntil("nginx ran: \(upstream.program.errors.lines)") {
            FileManager.default.fileExists(atPath: "\(folder.path)/nginx.pid") || upstream.program.exitCode != nil
        }
        guard upstream.program.exitCode == nil else {
            throw WaitedInVain(description: "nginx did not start: \(upstream.program.errors.lines)")
        }
        return upstream
    }

    private init(_ executable: String, _ folder: TemporaryFolder) throws {
        self.folder = folder
        sockets = try Certificate.allCases.reduce(into: [:]) { $0[$1] = try PassedSocket() }
        let servers = sockets.map { certificate, socket in
            """
              server {
                listen 127.0.0.1:\(socket.port) ssl;
                ssl_certificate \(folder.path)/\(certificate).pem;
                ssl_certificate_key \(folder.path)/key.pem;
                ssl_client_certificate \(folder.path)/ca.pem;
                ssl_verify_client optional;
                location / { return 200 '"secure"'; }
                # Who was asked for, in TLS and in HTTP, and who asks.
                location /seen { return 200 '"$ssl_server_name $http_host $ssl_client_s_dn"'; }
                # What comes here goes on to a port of this machine, of which the query has the number.
                location /through {
                  client_max_body_size 0;
                  proxy_http_version 1.1;
                  proxy_pass http://127.0.0.1:$arg_port;
                }
              }
            """
        }
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "  \($0)_temp_path \(folder.path)/\($0);" }
        let file = "\(folder.path)/nginx.conf"
        try """
        daemon off;
        pid \(folder.path)/nginx.pid;
        worker_processes 1;
        events { worker_connections 512; }
        http {
          access_log off;
          default_type application/json;
        \(temporary.joined(separator: "\n"))
        \(servers.joined(separator: "\n"))
        }

        """.write(toFile: file, atomically: true, encoding: .utf8)
        // nginx takes no port 0; it does take over sockets that are already bound, as it does at its own upgrade.
        let descriptors = sockets.values.map(\.descriptor)
        program = try Program(
            executable, ["-p", folder.path, "-c", file, "-e", "stderr"], inheriting: descriptors,
            environment: ["NGINX": descriptors.map { "\($0);" }.joined()])
    }

    deinit { program.stop() }

    /// Starts a server that wants a certificate of the authority's and breaks TLS off without one; its URL.
    ///
    /// By openssl-s_server(1), since nginx answers 400 instead.
    func startStrict(_ version: String) async throws -> (program: Program, url: String) {
        let program = try Program(
            Self.openssl ?? "",
            [
                "s_server", "-accept", "127.0.0.1:0", "-www", "-Verify", "1", "-verify_return_error", version,
                "-CAfile", authority, "-cert", file("good.pem"), "-key", file("key.pem"),
            ])
        func port() -> String? {
            let line = program.output.lines.first { $0.hasPrefix("ACCEPT 127.0.0.1:") }
            return line.map { String($0.dropFirst("ACCEPT 127.0.0.1:".count)) }
        }
        try await waitUntil("openssl listened: \(program.errors.lines)") { port() != nil }
        return (program, "https://127.0.0.1:\(port() ?? "0")")
    }

    /// One key for all; an authority, and one that nobody knows.
    private static func script(_ openssl: String, _ folder: String) -> String {
        """
        set -e
        cd \(folder)
        \(openssl) genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem
        chmod 644 key.pem
        for ca in ca unknown; do
            \(openssl) genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out $ca.key
            \(openssl) req -x509 -new -key $ca.key -subj "/CN=$ca of a test" -days 2 -out $ca.pem
        done
        \(openssl) req -new -key key.pem -subj /CN=server -out server.csr
        echo "subjectAltName = IP:127.0.0.1" > here
        echo "subjectAltName = DNS:other.test, IP:127.0.0.2" > elsewhere
        sign() { \(openssl) x509 -req -in server.csr -CA $1.pem -CAkey $1.key -set_serial $2 -days $3 -extfile $4 -out $5.pem; }
        sign ca 1 2 here good
        sign ca 2 2 elsewhere otherName
        sign ca 3 -1 here expired
        sign unknown 4 2 here unknownAuthority
        for client in alice bob late; do
            \(openssl) req -new -key key.pem -subj /CN=$client -out server.csr
            sign ca 5 $([ $client = late ] && echo -1 || echo 2) here $client
        done
        \(openssl) pkey -in key.pem -pubout -outform der | \(openssl) dgst -sha256 -binary | \(openssl) enc -base64 > pin
        """
    }
}
