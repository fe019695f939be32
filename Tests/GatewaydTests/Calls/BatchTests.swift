import Foundation
import Testing

extension RunningPrograms {
    /// Batches at the built program: the caller names the URLs, the route says which it may.
    @Suite(.serialized, .seat) struct BatchTests {
        /// A gateway with routes that differ in what they allow.
        private static func start(accessLog: Bool = false) async throws -> Gateway {
            try await Gateway.start(
                """
                limits: { request_body: 4KiB, response_body: 1KiB }
                routes:
                  - { path: /batch, batch: { allow: ["http://127.0.0.1:*"], max: 6, timeout: 20s } }
                  - { path: /part, batch: { allow: ["http://127.0.0.1:*/open/*"], max: 6 } }
                  - { path: /any, batch: { allow: ["http://*:*"] } }
                  - { path: /private, batch: { allow: ["http://*:*"], private: true } }
                  - { path: /named, batch: { allow: ["http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*"] } }
                  - { path: /short, batch: { allow: ["http://127.0.0.1:*"], timeout: 300ms } }
                """, accessLog: accessLog)
        }

        /// Posts a body.
        private static func post(_ body: String, to path: String, _ gateway: Gateway) async throws -> HTTPReply {
            let client = try await gateway.connect()
            try await client.post(body, to: path)
            return try await client.reply()
        }

        /// Posts URLs, and returns what became of them.
        private static func fetch(_ urls: [String], _ path: String, _ gateway: Gateway) async throws -> [[String: Any]]
        {
            let list = try JSONSerialization.data(withJSONObject: ["urls": urls])
            let reply = try await post(String(decoding: list, as: UTF8.self), to: path, gateway)
            #expect(reply.status == 200)
            return try #require(reply.json["results"] as? [[String: Any]])
        }

        @Test("results come in the order asked, each with what became of it, however long the others take")
        func order() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/late", .delay(.milliseconds(200), then: .json("\"late\"")))
            upstream.on("/soon", .json("\"soon\""))
            upstream.on("/missing", .status(404, "nothing"))
            upstream.on("/large", .json(String(repeating: "x", count: 2_000)))
            let dead = try DeadPort()
            let gateway = try await Self.start()
            let urls = ["/late", "/soon", "/missing", "/large"].map { upstream.url + $0 }
            let results = try await Self.fetch(
                urls + ["http://127.0.0.1:\(dead.port)/", "not a URL"], "/batch", gateway)
            #expect(results.map { $0["url"] as? String } == urls + ["http://127.0.0.1:\(dead.port)/", "not a URL"])
            #expect(results.map { $0["status"] as? Int } == [200, 200, 404, nil, nil, nil])
            #expect(results.map { $0["bytes"] as? Int } == [6, 6, 7, nil, nil, nil])
            #expect(results.map { $0["preview"] as? String } == ["\"late\"", "\"soon\"", "nothing", nil, nil, nil])
            let errors = [nil, nil, "status", "too_large", "connect", "invalid_url"]
            #expect(results.map { $0["error"] as? String } == errors)
            #expect(results.allSatisfy { $0["ms"] is Double })
            #expect(try #require(results[0]["ms"] as? Double) >= 200)
        }

        @Test("a preview has as many bytes as asked, 50 where nothing was asked, and no half characters")
        func preview() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/", .json(String(repeating: "é", count: 40)))
            let gateway = try await Self.start()
            for (asked, length) in [("", 25), (#","preview":7"#, 3), (#","preview":0"#, 0), (#","preview":500"#, 40)] {
                let reply = try await Self.post(#"{"urls":["\#(upstream.url)/"]\#(asked)}"#, to: "/batch", gateway)
                let result = try #require((reply.json["results"] as? [[String: Any]])?.first)
                #expect(result["preview"] as? String == String(repeating: "é", count: length))
                #expect(result["bytes"] as? Int == 80)
                #expect(reply.json["elapsed_ms"] is Double)
                #expect(reply.header("X-Gateway-Completed") == "true")
            }
        }

        @Test("what the route does not allow is forbidden and asked of nobody, and the others are fetched")
        func allowList() async throws {
            let upstream = try await TestUpstream.start()
            for path in ["/open/a", "/secret", "/open/"] { upstream.on(path, .json("1")) }
            let gateway = try await Self.start()
            let results = try await Self.fetch(
                [
                    "\(upstream.url)/open/a", "\(upstream.url)/secret", "\(upstream.url)/open/../secret",
                    "\(upstream.url)/open/%2e%2E/secret", "https://127.0.0.1:\(upstream.port)/open/a",
                    "http://127.0.0.2:\(upstream.port)/open/a",
                ], "/part", gateway)
            #expect(results[0]["status"] as? Int == 200)
            #expect(results.dropFirst().allSatisfy { $0["error"] as? String == "forbidden" })
            #expect(upstream.requests("/secret").isEmpty)
            #expect(upstream.requests("/open/a").count == 1)
        }

        @Test("spellings of an address that only some read as one are no URLs, and user information is none")
        func oddHosts() async throws {
            let upstream = try await TestUpstream.start()
            let gateway = try await Self.start()
            let hosts = [
                "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.0.0.01", "127.0.0.1.",
                "user@127.0.0.1", "127.0.0.1%2e", "[::ffff:7f00:1", "１２７.0.0.1", "127.0.0.1\\\\@a.test",
            ]
            for path in ["/any", "/private"] {
                let results = try await Self.fetch(hosts.map { "http://\($0):\(upstream.port)/" }, path, gateway)
                for (host, result) in zip(hosts, results) {
                    #expect(result["error"] as? String == "invalid_url", "\(host)")
                }
            }
            #expect(upstream.answered == 0)
        }

        @Test("a special address is refused, by its name too, unless the route says private or a pattern names it")
        func specialAddresses() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/", .json("1"))
            let gateway = try await Self.start()
            let urls = ["localhost", "127.0.0.1", "[::ffff:127.0.0.1]"].map { "http://\($0):\(upstream.port)/" }
            let refused = try await Self.fetch(urls + ["http://169.254.169.254/"], "/any", gateway)
            #expect(refused.map { $0["error"] as? String } == ["forbidden", "forbidden", "forbidden", "forbidden"])
            #expect(upstream.answered == 0)
            for path in ["/private", "/named"] {
                let results = try await Self.fetch(Array(urls.prefix(2)), path, gateway)
                #expect(results.map { $0["status"] as? Int } == [200, 200], "\(path)")
            }
            #expect(upstream.answered == 4)
        }

        @Test("what is no batch is refused with 400 that says what is wrong")
        func malformed() async throws {
            let gateway = try await Self.start()
            let seven = Array(repeating: "\"http://127.0.0.1/\"", count: 7).joined(separator: ",")
            for (body, word) in [
                ("", "object"), ("{", "object"), ("[]", "object"), (#"{"urls":["http://a"]"#, "object"),
                ("{}", "'urls'"), (#"{"urls":"http://a"}"#, "'urls'"), (#"{"urls":null}"#, "'urls'"),
                (#"{"urls":["http://a",7]}"#, "'urls[1]'"), (#"{"urls":[],"preview":-1}"#, "'preview'"),
                (#"{"urls":[],"preview":"5"}"#, "'preview'"), (#"{"urls":[],"preview":1.5}"#, "'preview'"),
                (#"{"urls":[],"url":1}"#, "'url'"), (#"{"urls":[\#(seven)]}"#, "6 at most"),
            ] {
                let reply = try await Self.post(body, to: "/batch", gateway)
                #expect(reply.status == 400, "\(body)")
                #expect(reply.header("Content-Type") == "application/problem+json")
                #expect((reply.json["detail"] as? String)?.contains(word) == true, "\(reply.body)")
            }
            let empty = try await Self.post(#"{"urls":[]}"#, to: "/batch", gateway)
            #expect(empty.status == 200)
            #expect((empty.json["results"] as? [Any])?.isEmpty == true)
        }

        @Test("other methods get 405, and a body over the limit gets 413")
        func refused() async throws {
            let gateway = try await Self.start()
            let get = try await gateway.get("/batch")
            #expect(get.status == 405)
            #expect(get.header("Allow") == "POST")
            let large = try await Self.post(String(repeating: " ", count: 5_000), to: "/batch", gateway)
            #expect(large.status == 413)
        }

        @Test("a URL that takes too long fails as timeout, alone, and the answer does not wait longer")
        func timeout() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/never", .never)
            upstream.on("/soon", .json("1"))
            let gateway = try await Self.start()
            let results = try await Self.fetch(
                ["\(upstream.url)/never", "\(upstream.url)/soon"], "/short", gateway)
            #expect(results[0]["error"] as? String == "timeout")
            #expect(results[1]["status"] as? Int == 200)
            let milliseconds = try #require(results[0]["ms"] as? Double)
            #expect(milliseconds >= 300 && milliseconds < 3_000)
        }

        @Test("when the client goes away, its URLs are given up and counted")
        func disconnect() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/never", .never)
            let gateway = try await Self.start(accessLog: true)
            let client = try await gateway.connect()
            let urls = Array(repeating: "\"\(upstream.url)/never\"", count: 3).joined(separator: ",")
            try await client.post(#"{"urls":[\#(urls)]}"#, to: "/batch")
            try await waitUntil("all were asked for") { upstream.inFlight("/never") == 3 }
            client.disconnect()
            try await waitUntil("all were given up") { upstream.disconnects("/never") == 3 }
            try await waitUntil("it was counted") {
                let stats = try await gateway.stats()
                return stats.totals.calls.failed["cancelled"] == 3 && stats.totals.calls.in_flight == 0
            }
            try await waitUntil("it was logged") { gateway.standardOutput.contains { $0.contains("\"status\":499") } }
        }
    }
}

extension RawClient {
    /// Posts JSON.
    fileprivate func post(_ body: String, to path: String) async throws {
        let fields = "Host: gateway.test\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)"
        try await send("POST \(path) HTTP/1.1\r\n\(fields)\r\n\r\n\(body)")
    }
}
