import Foundation
import Testing

extension RunningPrograms {
    /// Who may use a route: addresses, API keys, pages of other origins.
    @Suite(.serialized, .seat) struct AccessTests {
        private static func digest(of key: String) async throws -> String {
            // What the reference has operators do.
            let made = try await Program.run("/bin/sh", "-c", "printf %s '\(key)' | sha256sum | cut -c1-64")
            return made.output.joined()
        }

        private static let fanOut = "fan_out: [{ name: a, upstream: all, path: /a }]"

        private static func start(_ upstream: TestUpstream, routes: String) async throws -> Gateway {
            upstream.on("/a", .json("1"))
            return try await Gateway.start(
                """
                upstreams: { all: { servers: ["\(upstream.url)"] } }
                routes:
                \(routes)
                """, accessLog: true)
        }

        @Test(
            "without a key that is known nobody is let in, the key goes to no upstream, and a reload reads the file again"
        )
        func keys() async throws {
            let folder = try TemporaryFolder()
            let file = "\(folder.path)/keys"
            func write(_ keys: [String]) async throws {
                var lines = ""
                for key in keys { lines += "\(key)-client \(try await Self.digest(of: key))\n" }
                try lines.write(toFile: file, atomically: true, encoding: .utf8)
            }
            try await write(["one"])
            let upstream = try await TestUpstream.start()
            let gateway = try await Self.start(
                upstream,
                routes: """
                      - { path: /a, auth: { api_keys: { file: "\(file)" } }, rate_limit: { rate: 3/h, burst: 3, key: api_key }, \(Self.fanOut) }
                      - { path: /p/*, auth: { api_keys: { file: "\(file)" } }, proxy: { upstream: all, strip_prefix: /p } }
                    """)
            func status(_ path: String, _ key: String) async throws -> Int {
                try await gateway.get(path, headers: [("X-Api-Key", key)]).status
            }
            let missing = try await gateway.get("/a")
            #expect(missing.status == 401)
            #expect(missing.header("www-authenticate") == "ApiKey realm=\"gatewayd\", header=\"X-Api-Key\"")
            #expect(missing.header("content-type") == "application/problem+json")
            #expect(try await status("/a", "two") == 401)
            #expect(upstream.requests("/a").isEmpty, "nothing was called")
            #expect(try await status("/a", "one") == 200)
            #expect(try await status("/p/a", "one") == 200)
            #expect(upstream.requests("/a").count == 2)
            for request in upstream.requests("/a") { #expect(request.header("x-api-key") == nil) }

            try await write(["two", "three"])
            #expect(try await gateway.control("reload").exitCode == 0)
            #expect(try await status("/a", "one") == 401)
            for _ in 0..<3 { #expect(try await status("/a", "two") == 200) }
            #expect(try await status("/a", "two") == 429, "the limit is the key's")
            #expect(try await status("/a", "three") == 200)
            try await waitUntil("the log names the key, and does not have it") {
                gateway.standardOutput.contains { $0.contains("\"api_key\":\"three-client\"") }
            }
            #expect(!gateway.standardOutput.contains { $0.contains("\"three\"") })
        }

        @Test("addresses are those of clients as trusted proxies name them")
        func addresses() async throws {
            let upstream = try await TestUpstream.start()
            let gateway = try await Self.start(
                upstream, routes: "  - { path: /a, allow: [10.0.0.0/8], deny: [10.0.0.5], \(Self.fanOut) }")
            func status(_ client: String) async throws -> Int {
                try await gateway.get("/a", headers: [("X-Forwarded-For", client)]).status
            }
            #expect(try await status("10.1.1.1") == 200)
            #expect(try await status("10.0.0.5") == 403)
            #expect(try await status("10.1.1.1, 192.0.2.1") == 403, "what is behind an untrusted hop is its own word")
            #expect(try await gateway.get("/a").status == 403, "127.0.0.1")
            #expect(upstream.requests("/a").count == 1)
        }

        @Test("a preflight is answered without the upstream, and answers of all kinds say who may read them")
        func cors() async throws {
            let upstream = try await TestUpstream.start()
            let cors = "cors: { origins: [\"https://a.example\"], headers: [X-A], credentials: true, max_age: 5m }"
            let gateway = try await Self.start(
                upstream,
                routes: """
                      - { path: /a, methods: [GET, PUT], \(cors), \(Self.fanOut) }
                      - { path: /s, \(cors), merge: stream, \(Self.fanOut) }
                      - { path: /p/*, \(cors), proxy: { upstream: all, strip_prefix: /p } }
                      - { path: /forbidden, \(cors), allow: [192.0.2.1], \(Self.fanOut) }
                      - { path: /none, \(Self.fanOut) }
                    """)
            func preflight(_ path: String, origin: String = "https://a.example") async throws -> HTTPReply {
                let client = try await gateway.connect()
                try await client.request(
                    "OPTIONS", path, headers: [("Origin", origin), ("Access-Control-Request-Method", "GET")])
                return try await client.reply()
            }
            let allowed = try await preflight("/a")
            #expect(allowed.status == 204)
            #expect(allowed.header("access-control-allow-origin") == "https://a.example")
            #expect(allowed.header("access-control-allow-methods") == "GET, PUT")
            #expect(allowed.header("access-control-allow-headers") == "X-A")
            #expect(allowed.header("access-control-max-age") == "300")
            #expect(try await preflight("/p/a").header("access-control-allow-origin") == "https://a.example")
            #expect(try await preflight("/a", origin: "https://b.example").header("access-control-allow-origin") == nil)
            #expect(try await preflight("/none").status == 405)
            #expect(upstream.requests("/a").isEmpty)
            for path in ["/a", "/s", "/p/a", "/forbidden"] {
                let reply = try await gateway.get(path, headers: [("Origin", "https://a.example")])
                #expect(reply.status == (path == "/forbidden" ? 403 : 200))
                #expect(reply.header("access-control-allow-origin") == "https://a.example", "\(path)")
                #expect(reply.header("access-control-allow-credentials") == "true", "\(path)")
                let other = try await gateway.get(path, headers: [("Origin", "https://b.example")])
                #expect(other.header("access-control-allow-origin") == nil, "\(path)")
                #expect(other.header("vary") == "Origin", "\(path)")
            }
        }
    }
}
