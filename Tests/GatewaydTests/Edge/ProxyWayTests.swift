import Foundation
import Testing

extension RunningPrograms {
    /// Proxy routes: what each side is told of the other, interim answers, time, and WebSockets.
    @Suite(.serialized, .seat) struct ProxyWayTests {
        private static func start(
            _ url: String, _ keys: String = "", more: String = "", route: String = "", accessLog: Bool = false
        ) async throws -> Gateway {
            try await Gateway.start(
                """
                \(more)
                drain: 2s
                upstreams: { u: { servers: ["\(url)"] } }
                routes: [{ path: "/old/*", \(route) proxy: { upstream: u \(keys) } }]
                """, accessLog: accessLog)
        }

        // MARK: Fields

        @Test("a prefix, the Host and redirects are what the route makes of them") func addressing() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/a", .answer(302, [("Location", "http://elsewhere.test/x")], ""))
            func host(_ keys: String) async throws -> String? {
                let gateway = try await Self.start(upstream.url, ", strip_prefix: /old \(keys)")
                let reply = try await gateway.get("/old/a?b=1")
                #expect(reply.status == 302 && reply.header("Location") == "http://elsewhere.test/x")
                #expect(upstream.requests("/a").last?.target == "/a?b=1")
                return upstream.requests("/a").last?.header("Host")
            }
            #expect(try await host("") == "127.0.0.1:\(upstream.port)")
            #expect(try await host(", host: preserve") == "gateway.test")
            #expect(try await host(", host: shop.example") == "shop.example")
        }

        @Test("who is no trusted proxy cannot say where it comes from, whom the log names and whose bucket is empty")
        func trust() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/old/a", .json("1"))
            let limit = "rate_limit: { rate: 1/m, burst: 1, key: client },"
            func ask(_ gateway: Gateway, _ client: String) async throws -> Int {
                try await gateway.get("/old/a", headers: [("X-Forwarded-For", client), ("X-Forwarded-Proto", "https")])
                    .status
            }
            let trusting = try await Self.start(upstream.url, route: limit, accessLog: true)
            #expect(try await ask(trusting, "6.6.6.6, 10.0.0.1") == 200)
            #expect(try await ask(trusting, "6.6.6.6, 10.0.0.2, 127.0.0.9") == 200)
            #expect(try await ask(trusting, "7.7.7.7, 10.0.0.1") == 429)
            let believed = try #require(upstream.requests("/old/a").first)
            #expect(believed.header("X-Forwarded-For") == "6.6.6.6, 10.0.0.1, 127.0.0.1")
            #expect(believed.header("X-Forwarded-Proto") == "https")
            try await waitUntil("it is logged") { trusting.standardOutput.count == 3 }
            #expect(trusting.standardOutput[1].contains("\"client\":\"10.0.0.2\""))
            let wary = try await Self.start(
                upstream.url, more: "trusted_proxies: [10.0.0.0/8]", route: limit, accessLog: true)
            #expect(try await ask(wary, "10.0.0.1") == 200)
            #expect(try await ask(wary, "10.0.0.2") == 429)
            let replaced = try #require(upstream.requests("/old/a").last)
            #expect(replaced.header("X-Forwarded-For") == "127.0.0.1" && replaced.header("X-Forwarded-Proto") == "http")
            #expect(replaced.header("Forwarded") == "for=127.0.0.1;host=gateway.test;proto=http")
            try await waitUntil("it is logged") { wary.standardOutput.count == 2 }
            #expect(wary.standardOutput.allSatisfy { $0.contains("\"client\":\"127.0.0.1:") })
        }

        @Test("interim answers and trailers reach clients of HTTP/1.1 alone") func interim() async throws {
            let upstream = try await TestUpstream.start()
            let answers =
                "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3\r\nabc\r\n0\r\nX-Sum: 3\r\nContent-Length: 9\r\n\r\n"
            upstream.on("/old/a", .raw(answers))
            let gateway = try await Self.start(upstream.url)
            let client = try await gateway.connect()
            try await client.request("GET", "/old/a")
            let hint = try await client.reply()
            #expect(hint.status == 103 && hint.header("Link") == "</a.css>")
            let answer = try await client.reply()
            #expect(answer.status == 200 && answer.body == "abc" && answer.header("Trailer") == "X-Sum")
            let other = try await gateway.connect()
            try await other.request("GET", "/old/a")
            #expect(try await other.hears("3\r\nabc\r\n0\r\nX-Sum: 3\r\n\r\n"))
            let old = try await gateway.connect()
            try await old.send("GET /old/a HTTP/1.0\r\n\r\n")
            let reply = try await old.reply()
            #expect(reply.status == 200 && reply.body == "abc" && reply.header("Trailer") == nil)
        }

        // MARK: Time

        @Test(
            "the route's time is that until the answer begins, and idle that of a pause, however long all of it takes")
        func timeouts() async throws {
            let upstream = try await TestUpstream.start()
            let head = "HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n"
            upstream.on("/old/never", .never)
            // A byte every 20 ms.
            upstream.on("/old/slow", .bytes(Array(head.utf8), then: .drip(0x78)))
            upstream.on("/old/half", .bytes(Array((head + "half").utf8), then: .stay))
            let gateway = try await Self.start(
                upstream.url, ", response_timeout: 300ms, idle: 1s", route: "timeout: 60s,")
            #expect(try await gateway.get("/old/never").status == 504)
            let client = try await gateway.connect()
            try await client.request("GET", "/old/half")
            #expect(try await client.hears("half"))
            #expect(try await client.isClosedByPeer())
            // The last, as its bytes never end.
            let slow = try await gateway.get("/old/slow")
            #expect(slow.status == 200 && slow.body.count == 30)
        }

        // MARK: WebSockets

        private static let handshake =
            "HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"

        /// Agrees to become one, and says what it hears in capitals until it is told to stop.
        private static func shouting(_ seen: Notes) throws -> BlockingUpstream {
            try BlockingUpstream.start { connection in
                guard let head = connection.head() else { return }
                guard head.contains("Upgrade: websocket\r\n") && head.contains("Connection: Upgrade\r\n"),
                    !head.hasPrefix("GET /old/no ")
                else {
                    seen.add("plain")
                    connection.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno")
                    return
                }
                connection.send(
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\nwelcome")
                while case let text = connection.receive(), !text.isEmpty {
                    if text == "stop" { return }
                    connection.send(text.uppercased())
                }
                seen.add("gone")
            }
        }

        @Test("a WebSocket is passed through where the route says so, and ends with either side") func webSocket()
            async throws
        {
            let seen = Notes()
            let upstream = try Self.shouting(seen)
            let gateway = try await Self.start(upstream.url, ", websocket: true", accessLog: true)
            func open() async throws -> RawClient {
                let client = try await gateway.connect()
                try await client.send("GET /old/a " + Self.handshake)
                #expect(try await client.hears("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nwelcome"))
                return client
            }
            let client = try await open()
            try await client.send("hello")
            #expect(try await client.hears("HELLO"))
            try await client.send("stop")
            #expect(try await client.isClosedByPeer())
            try await open().disconnect()
            try await waitUntil("the upstream is told") { seen.all == ["gone"] }
            try await waitUntil("both are logged") { gateway.standardOutput.count == 2 }
            #expect(gateway.standardOutput.allSatisfy { $0.contains("\"status\":101") && !$0.contains("failed") })
            let refused = try await gateway.connect()
            try await refused.send("GET /old/no " + Self.handshake)
            #expect(try await refused.reply().body == "no")
        }

        @Test("so it is behind the nginx.conf of the repository") func behindNginx() async throws {
            let upstream = try Self.shouting(Notes())
            let gateway = try await Self.start(upstream.url, ", websocket: true")
            let nginx = try await Nginx.start(clients: gateway.port, admin: gateway.adminPort)
            let client = try await RawClient.connect(port: nginx.port)
            try await client.send("GET /old/a " + Self.handshake)
            #expect(try await client.hears("welcome"))
            try await client.send("hello")
            #expect(try await client.hears("HELLO"))
            try await client.send("stop")
            #expect(try await client.isClosedByPeer())
        }

        @Test("elsewhere an upgrade is not passed on, and the request is one like any other") func noUpgrade()
            async throws
        {
            let seen = Notes()
            let upstream = try Self.shouting(seen)
            let gateway = try await Self.start(upstream.url)
            let client = try await gateway.connect()
            try await client.send("GET /old/a " + Self.handshake)
            #expect(try await client.reply().status == 403)
            #expect(seen.all == ["plain"])
        }

        @Test("one that is silent for too long is cut off, and one that is open when its worker drains has that long")
        func ends() async throws {
            let upstream = try Self.shouting(Notes())
            let gateway = try await Self.start(upstream.url, ", websocket: true, websocket_idle: 200ms")
            let silent = try await gateway.connect()
            try await silent.send("GET /old/a " + Self.handshake)
            #expect(try await silent.hears("welcome"))
            #expect(try await silent.isClosedByPeer())
            let other = try await Self.start(upstream.url, ", websocket: true")
            let open = try await other.connect()
            try await open.send("GET /old/a " + Self.handshake)
            #expect(try await open.hears("welcome"))
            other.signal(SIGTERM)
            try await other.waitFor(event: "draining")
            try await open.send("still")
            #expect(try await open.hears("STILL"))
            #expect(try await other.exit() == 0)
        }
    }
}
