import Foundation
import Testing

extension RunningPrograms {
    /// Proxy routes: a request goes to one upstream, and its answer comes back as it is made.
    @Suite(.serialized, .seat) struct ProxyTests {
        private static func start(_ upstream: String, _ more: String = "", route: String = "") async throws -> Gateway {
            try await Gateway.start(
                """
                limits: { request_body: 4MiB }
                upstreams: { old: { servers: [\(upstream)] \(more) } }
                routes:
                  - { path: "/legacy/*", \(route) proxy: { upstream: old } }
                  - { path: "/new/*", proxy: { upstream: old, path: "/{*}" } }
                """, accessLog: true)
        }

        @Test(
            "method, path, query, fields and body reach the upstream, and its status, fields and body the client",
            arguments: ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
        func passesOn(method: String) async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/legacy/a", .answer(418, [("X-Own", "1"), ("Set-Cookie", "a"), ("Set-Cookie", "b")], "short"))
            upstream.on("/b", .json("{}"))
            let gateway = try await Self.start("\"\(upstream.url)\"")
            let body = method == "GET" ? "" : String(repeating: "x", count: 300_000)
            let reply = try await gateway.send(
                method, "/legacy/a?b=c%20d", headers: [("Cookie", "s=1"), ("User-Agent", "me")], body: body)
            #expect(reply.status == 418 && reply.body == "short")
            #expect(reply.header("X-Own") == "1")
            #expect(reply.headers.filter { $0.0 == "Set-Cookie" }.map(\.1) == ["a", "b"])
            #expect(reply.header("Content-Length") == "5" && reply.header("X-Request-Id") != nil)
            let seen = try #require(upstream.requests("/legacy/a").first)
            #expect(seen.method == method && seen.target == "/legacy/a?b=c%20d" && seen.body == body)
            #expect(seen.header("Cookie") == "s=1" && seen.header("User-Agent") == "me")
            #expect(seen.header("Host") == "127.0.0.1:\(upstream.port)")
            #expect(seen.header("X-Forwarded-For") == "127.0.0.1" && seen.header("Via") == "1.1 gatewayd")
            #expect(seen.header("X-Request-Id") == reply.header("X-Request-Id"))
            #expect(try await gateway.send(method, "/new/b", body: "").status == 200)
            #expect(try await gateway.stats().upstreams["old"]?.calls_total == 2)
        }

        @Test("HEAD is asked as HEAD, and 204 has no body") func withoutBody() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/legacy/h", .raw("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\nX-A: b\r\n\r\n"))
            upstream.on("/legacy/n", .status(204, ""))
            let gateway = try await Self.start("\"\(upstream.url)\"")
            let client = try await gateway.connect()
            try await client.request("HEAD", "/legacy/h")
            let head = try await client.reply(hasBody: false)
            #expect(head.status == 200 && head.header("Content-Length") == "1234" && head.header("X-A") == "b")
            try await client.request("GET", "/legacy/n")
            #expect(try await client.reply().status == 204)
            #expect(upstream.requests("/legacy/h").first?.method == "HEAD")
        }

        @Test("pieces are there as they come, chunked where the upstream does not say how long")
        func streams() async throws {
            let upstream = try await TestUpstream.start()
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            upstream.on("/legacy/e", .bytes(Array((head + "9\r\ndata: 1\n\n\r\n").utf8), then: .stay))
            let gateway = try await Self.start("\"\(upstream.url)\"")
            let client = try await gateway.connect()
            try await client.request("GET", "/legacy/e")
            #expect(try await client.hears("data: 1\n\n"))
            client.disconnect()
            try await waitUntil("the upstream is told") { upstream.disconnects("/legacy/e") == 1 }
            try await waitUntil("it is logged") { !gateway.standardOutput.isEmpty }
            #expect(gateway.standardOutput[0].contains("\"status\":499"))
        }

        @Test("an answer that breaks off in the middle is cut off for the client too")
        func breaksOff() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/legacy/half", .closeEarly)
            let chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
            upstream.on("/legacy/chunks", .bytes(Array(chunks.utf8), then: .reset))
            let gateway = try await Self.start("\"\(upstream.url)\"")
            for path in ["/legacy/half", "/legacy/chunks"] {
                let client = try await gateway.connect()
                try await client.request("GET", path)
                await #expect(throws: WaitedInVain.self) { try await client.reply() }
            }
            try await waitUntil("both are counted") {
                try await gateway.stats().upstreams["old"]?.failed["reset"] == 2
            }
            try await waitUntil("they are logged") { gateway.standardOutput.count == 2 }
            #expect(gateway.standardOutput.allSatisfy { $0.contains("\"failed\":{\"proxy\":\"reset\"}") })
        }

        @Test("no answer is 502, 503 or 504 in our form, and another server is tried where nothing was sent")
        func failures() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/legacy/never", .never)
            upstream.on("/legacy/reset", .reset)
            upstream.on("/legacy/ok", .json("1"))
            let dead = try DeadPort()
            let gateway = try await Self.start("\"\(upstream.url)\"", route: "timeout: 200ms,")
            let late = try await gateway.get("/legacy/never")
            #expect(late.status == 504 && late.header("Content-Type") == "application/problem+json")
            #expect(try await gateway.send("POST", "/legacy/reset", body: "x").status == 502)
            #expect(upstream.requests("/legacy/reset").count == 1)
            try await waitUntil("the late one is cancelled") { upstream.disconnects("/legacy/never") == 1 }
            let two = try await Self.start("\"http://127.0.0.1:\(dead.port)\", \"\(upstream.url)\"")
            for _ in 1...6 { #expect(try await two.send("POST", "/legacy/ok", body: "x").status == 200) }
            let none = try await Self.start("\"http://127.0.0.1:\(dead.port)\"", ", circuit_breaker: { failures: 2 }")
            #expect(try await none.get("/legacy/x").status == 502)
            #expect(try await none.get("/legacy/x").status == 502)
            let open = try await none.get("/legacy/x")
            #expect(open.status == 503 && open.header("Retry-After") != nil)
        }

        @Test("a client that reads slowly holds the upstream back, and no memory fills up")
        func backPressure() async throws {
            let upstream = try await TestUpstream.start()
            let head = Array("HTTP/1.1 200 OK\r\nContent-Length: 300000000\r\n\r\n".utf8)
            upstream.on("/legacy/large", .bytes(head, then: .endless([UInt8](repeating: 0x61, count: 64 << 10))))
            let gateway = try await Self.start("\"\(upstream.url)\"")
            let worker = try #require(try await gateway.stats().workers.first)
            let before = worker.rss_bytes
            var clients: [RawClient] = []
            for _ in 1...4 {
                let client = try await gateway.connect()
                try await client.request("GET", "/legacy/large")
                #expect(try await client.hears("aaaa"))
                clients.append(client)
            }
            // Unread, each has a few hundred KiB in the worker and what the kernel holds; then one reads some 100 MB.
            #expect(try await clients[0].receives(100_000_000))
            let after = try #require(try await gateway.stats().workers.first).rss_bytes
            #expect(after - before < (24 << 20), "\((after - before) >> 10) KiB more")
            for client in clients { client.disconnect() }
            try await waitUntil("all are over") { try await gateway.stats().totals.requests.in_flight == 0 }
        }
    }
}
