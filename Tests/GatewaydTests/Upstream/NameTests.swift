import Foundation
import Testing

extension RunningPrograms {
    /// Names that resolve, that do not, and that never answer, with the system's own resolver.
    @Suite(
        .serialized, .seat,
        .enabled(
            if: PrivateNetwork.isPossible, "a network of the test's own wants root, unshare, nsenter and perl"))
    struct NameTests {
        static let port = PrivateNetwork.port
        private static let configuration = """
            names: { timeout: 4s }
            upstreams:
              first: { servers: ["http://both.test:\(port)"] }
              second: { servers: ["http://both.test:\(PrivateNetwork.secondPort)"] }
              first_curl: { servers: ["http://both.test:\(port)"], engine: libcurl }
              second_curl: { servers: ["http://both.test:\(PrivateNetwork.secondPort)"], engine: libcurl }
              none: { servers: ["http://both.test:1"] }
              none_curl: { servers: ["http://both.test:1"], engine: libcurl }
            routes:
              - path: /names
                timeout: 20s
                merge: envelope
                fan_out:
                  - { name: hang, url: "http://hang.test:\(port)/", timeout: 2s }
                  - { name: lost, url: "http://hang.test:\(port)/" }
                  - { name: unknown, url: "http://unknown.test:\(port)/" }
                  - { name: good, url: "http://good.test:\(port)/" }
                  - { name: address, url: "http://127.0.0.1:\(port)/" }
              - path: /others
                timeout: 20s
                fan_out:
                  - { name: good, url: "http://good.test:\(port)/", required: true }
                  - { name: address, url: "http://127.0.0.1:\(port)/", required: true }
              - path: /both
                timeout: 20s
                merge: envelope
                fan_out:
                  - { name: first, upstream: first, path: / }
                  - { name: second, upstream: second, path: / }
                  - { name: first_curl, upstream: first_curl, path: / }
                  - { name: second_curl, upstream: second_curl, path: / }
                  - { name: none, upstream: none, path: / }
                  - { name: none_curl, upstream: none_curl, path: / }
            """

        @Test("all addresses of a name are tried, whichever of them refuses, on both lanes")
        func addresses() async throws {
            let network = try await PrivateNetwork.start()
            let folder = try TemporaryFolder()
            let gateway = try await Self.start(network, in: folder)
            defer { gateway.stop() }
            for _ in 0..<3 {
                let reply = try await Self.get("/both", from: "\(folder.path)/http.sock")
                let calls = try #require(reply.json["results"] as? [String: [String: Any]])
                let errors = calls.compactMapValues { $0["error"] as? String }
                #expect(errors == ["none": "connect", "none_curl": "connect"])
                // Who has answered, so that each of the two addresses was needed.
                for name in ["first", "first_curl"] { #expect(calls[name]?["body"] as? Int == 1) }
                for name in ["second", "second_curl"] { #expect(calls[name]?["body"] as? Int == 2) }
            }
        }

        /// The daemon in a private network, with unix sockets that the test reaches from outside.
        static func start(
            _ network: PrivateNetwork, in folder: TemporaryFolder, _ configuration: String = configuration,
            workers: Int = 1, admin: String? = nil
        ) async throws -> Program {
            let path = folder.path
            try """
            listen: "unix:\(path)/http.sock"
            admin: "\(admin ?? "unix:\(path)/admin.sock")"
            control: \(path)/control.sock
            workers: \(workers)
            access_log: false
            \(configuration)
            """.write(toFile: "\(path)/gatewayd.yaml", atomically: true, encoding: .utf8)
            let program = try network.run(Program.gatewayd, "--config", "\(path)/gatewayd.yaml")
            try await waitUntil("gatewayd was ready: \(program.errors.lines)") {
                program.errors.lines.contains { $0.contains("\"event\":\"all_ready\"") }
            }
            return program
        }

        static func get(_ path: String, from socket: String) async throws -> HTTPReply {
            let client = try await RawClient.connect(path: socket)
            try await client.request("GET", path)
            return try await client.reply()
        }

        @Test("a name that hangs fails by its own timeouts, and neither its page's other calls nor other pages wait")
        func hang() async throws {
            let network = try await PrivateNetwork.start()
            let folder = try TemporaryFolder()
            let gateway = try await Self.start(network, in: folder)
            defer { gateway.stop() }
            let socket = "\(folder.path)/http.sock"
            let page = try await RawClient.connect(path: socket)
            try await page.request("GET", "/names")
            try await waitUntil("only the calls to the name that hangs were left") {
                let calls = try await Self.worker(folder)["calls"] as? [String: Any]
                return calls?["total"] as? Int == 5 && calls?["in_flight"] as? Int == 2
            }
            for _ in 0..<20 {
                let reply = try await Self.get("/others", from: socket)
                #expect(reply.status == 200)
                #expect(reply.body == #"{"good":1,"address":1}"#)
            }
            let waiting = try await Self.worker(folder)["calls"] as? [String: Any]
            #expect(waiting?["in_flight"] as? Int ?? 0 > 0, "the others were answered while the name hung")
            let calls = try #require(try await page.reply().json["results"] as? [String: [String: Any]])
            #expect(calls["hang"]?["error"] as? String == "timeout")
            #expect(calls["lost"]?["error"] as? String == "dns")
            #expect(calls["unknown"]?["error"] as? String == "dns")
            #expect(calls["good"]?["status"] as? Int == 200)
            #expect(calls["address"]?["status"] as? Int == 200)
            // Each at its own time, with a second of patience for a busy machine.
            #expect((2_000...3_000).contains(calls["hang"]?["ms"] as? Double ?? 0))
            #expect((4_000...5_000).contains(calls["lost"]?["ms"] as? Double ?? 0))
            #expect(calls["good"]?["ms"] as? Double ?? .infinity < 2_000)
            let lag = try await Self.worker(folder)["loop_lag_ms"] as? [String: Any]
            #expect(try #require(lag?["max"] as? Double) < 1_000)
        }

        @Test("a name that leads elsewhere each time is fetched from the address that was judged, or not at all")
        func rebinding() async throws {
            let network = try await PrivateNetwork.start()
            let folder = try TemporaryFolder()
            let gateway = try await Self.start(
                network, in: folder,
                """
                names: { age: 1ms }
                routes:
                  - { path: /any, batch: { allow: ["http://*:*"], timeout: 20s } }
                """)
            defer { gateway.stop() }
            var seen: Set<String> = []
            for _ in 0..<40 {
                let client = try await RawClient.connect(path: "\(folder.path)/http.sock")
                let body = #"{"urls":["http://flip.test:\#(Self.port)/"]}"#
                let fields = "Host: gateway.test\r\nContent-Length: \(body.utf8.count)"
                try await client.send("POST /any HTTP/1.1\r\n\(fields)\r\n\r\n\(body)")
                let result = (try await client.reply().json["results"] as? [[String: Any]])?.first
                seen.insert(result?["preview"] as? String ?? result?["error"] as? String ?? "nothing")
            }
            #expect(seen == ["3", "forbidden"])
        }

        /// What `/stats` says of the one worker.
        private static func worker(_ folder: TemporaryFolder) async throws -> [String: Any] {
            let stats = try await get("/stats", from: "\(folder.path)/admin.sock").json
            return (stats["workers"] as? [[String: Any]])?.first ?? [:]
        }
    }
}
