import Foundation
import Testing

extension RunningPrograms {
    /// HTTP/1.1 as clients speak it, well and badly.
    @Suite(.serialized, .seat) struct ConnectionTests {
        private static func start() async throws -> (TestUpstream, Gateway) {
            let upstream = try await TestUpstream.start()
            for name in ["a", "b", "c"] { upstream.on("/\(name)", .json("\"\(name)\"")) }
            upstream.on("/a", .delay(.milliseconds(200), then: .json("\"a\"")))
            let gateway = try await Gateway.start(
                """
                upstreams: { all: { servers: ["\(upstream.url)"] } }
                routes:
                  - { path: "/one/{name}", timeout: 20s, merge: array, fan_out: [{ name: x, upstream: all, path: "/{name}" }] }
                  - { path: /post, methods: [POST, PUT], merge: array, fan_out: [{ name: x, upstream: all, path: /b }] }
                  - { path: "/legacy/*", proxy: { upstream: all } }
                  - { path: /batch, batch: { allow: ["http://127.0.0.1:*"] } }
                """, unixSocket: true)
            return (upstream, gateway)
        }

        @Test("requests in one write are answered in order, on TCP and on a unix socket")
        func pipelining() async throws {
            let (_, gateway) = try await Self.start()
            for client in [try await gateway.connect(), try await RawClient.connect(path: gateway.socketPath)] {
                try await client.send(
                    ["a", "b", "c"].map { "GET /one/\($0) HTTP/1.1\r\nHost: h\r\n\r\n" }.joined())
                for name in ["a", "b", "c"] { #expect(try await client.reply().body == "[\"\(name)\"]") }
                // The connection is still there for more.
                try await client.request("GET", "/one/b")
                #expect(try await client.reply().body == "[\"b\"]")
            }
            #expect(try await gateway.stats().totals.connections.accepted_total == 2)
        }

        @Test("Connection: close and HTTP/1.0 end the connection after the answer")
        func closing() async throws {
            let (_, gateway) = try await Self.start()
            let closing = try await gateway.connect()
            try await closing.request("GET", "/one/b", headers: [("Connection", "close")])
            let last = try await closing.reply()
            #expect(last.status == 200 && last.header("Connection") == "close")
            #expect(try await closing.isClosedByPeer())
            let old = try await gateway.connect()
            try await old.send("GET /one/b HTTP/1.0\r\n\r\n")
            #expect(try await old.reply().body == "[\"b\"]")
            #expect(try await old.isClosedByPeer())
            let kept = try await gateway.connect()
            try await kept.send("GET /one/b HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(try await kept.reply().header("Connection") == "keep-alive")
            try await kept.send("GET /one/c HTTP/1.0\r\n\r\n")
            #expect(try await kept.reply().body == "[\"c\"]")
        }

        @Test("HEAD has the length of GET and no body")
        func head() async throws {
            let (_, gateway) = try await Self.start()
            let client = try await gateway.connect()
            try await client.request("HEAD", "/one/b")
            let reply = try await client.reply(hasBody: false)
            #expect(reply.status == 200 && reply.header("Content-Length") == "5")
            try await client.request("GET", "/one/c")
            #expect(try await client.reply().body == "[\"c\"]")
        }

        @Test("a chunked body is taken, and so is one with a length")
        func bodies() async throws {
            let (_, gateway) = try await Self.start()
            let client = try await gateway.connect()
            try await client.send(
                "POST /post HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
            #expect(try await client.reply().body == "[\"b\"]")
            try await client.send("PUT /post HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello")
            #expect(try await client.reply().body == "[\"b\"]")
        }

        @Test("a body that waits to be asked for is asked for")
        func expectContinue() async throws {
            let (_, gateway) = try await Self.start()
            let client = try await gateway.connect()
            try await client.send(
                "POST /post HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
            #expect(try await client.reply().status == 100)
            try await client.send("hello")
            #expect(try await client.reply().body == "[\"b\"]")
        }

        @Test("a request that stops half-way is 408, and an idle connection is closed without a word")
        func stalls() async throws {
            let gateway = try await Gateway.start(
                """
                limits: { header_timeout: 300ms, keepalive_idle: 300ms }
                upstreams: { all: { servers: ["http://127.0.0.1:9"] } }
                routes: [{ path: /x, fan_out: [{ name: x, upstream: all, path: / }] }]
                """)
            let stalled = try await gateway.connect()
            try await stalled.send("GET /x HTTP/1.1\r\nHost: h")
            #expect(try await stalled.reply().status == 408)
            #expect(try await stalled.isClosedByPeer())
            let idle = try await gateway.connect()
            try await idle.request("GET", "/nowhere")
            #expect(try await idle.reply().status == 404)
            #expect(try await idle.isClosedByPeer())
        }

        @Test(
            "a hundred requests in one write are answered in order, also where some are answered at once and some later"
        )
        func longPipeline() async throws {
            let (_, gateway) = try await Self.start()
            let client = try await gateway.connect()
            let paths = (0..<100).map { $0 % 3 == 0 ? "/nowhere" : $0 % 3 == 1 ? "/one/b" : "/one/c" }
            try await client.send(paths.map { "GET \($0) HTTP/1.1\r\nHost: h\r\n\r\n" }.joined())
            for path in paths {
                let reply = try await client.reply()
                #expect(path == "/nowhere" ? reply.status == 404 : reply.body == "[\"\(path.suffix(1))\"]")
            }
        }

        @Test(
            "a good request before a bad one is answered, then the bad one, and nothing behind it; no reset hides that")
        func badBehindGood() async throws {
            let (_, gateway) = try await Self.start()
            let client = try await gateway.connect()
            try await client.send(
                "GET /one/a HTTP/1.1\r\nHost: h\r\n\r\nGET /one/b HTTP/1.1\r\nHost : h\r\n\r\nGET /one/c HTTP/1.1\r\nHost: h\r\n\r\n"
            )
            #expect(try await client.reply().body == "[\"a\"]")
            let refused = try await client.reply()
            #expect(refused.status == 400 && refused.header("Connection") == "close")
            #expect(try await client.isClosedByPeer())
            // One that goes on sending a body that is not taken still sees why.
            let sender = try await gateway.connect()
            try await sender.send("POST /post HTTP/1.1\r\nHost: h\r\nContent-Length: 4000000\r\n\r\n")
            for _ in 0..<16 { try? await sender.send(String(repeating: "x", count: 1 << 16)) }
            #expect(try await sender.reply().status == 413)
        }

        @Test("a client that does not read its large answer holds nobody up, and has it whole when it reads")
        func slowReader() async throws {
            let upstream = try await TestUpstream.start()
            let body = "\"\(String(repeating: "x", count: 8 << 20))\""
            upstream.on("/large", .json(body))
            upstream.on("/small", .json("1"))
            let gateway = try await Gateway.start(
                """
                upstreams: { all: { servers: ["\(upstream.url)"] } }
                routes:
                  - { path: /large, timeout: 20s, merge: array, fan_out: [{ name: x, upstream: all, path: /large }] }
                  - { path: /small, fan_out: [{ name: x, upstream: all, path: /small }] }
                """)
            let slow = try await gateway.connect()
            try await slow.request("GET", "/large")
            try await waitUntil("the answer is made") { try await gateway.stats().totals.requests.by_class["2xx"] == 1 }
            for _ in 0..<20 { #expect(try await gateway.get("/small").status == 200) }
            #expect(try await slow.reply().body.utf8.count == body.utf8.count + 2)
            try await slow.request("GET", "/small")
            #expect(try await slow.reply().body == "{\"x\":1}")
        }

        @Test(
            "what cannot be served is a problem with its status",
            arguments: [
                ("GET /nowhere HTTP/1.1\r\nHost: h\r\n\r\n", 404), ("DELETE /post HTTP/1.1\r\nHost: h\r\n\r\n", 405),
                ("GET /one/%zz HTTP/1.1\r\nHost: h\r\n\r\n", 400), ("GET /one/../.. HTTP/1.1\r\nHost: h\r\n\r\n", 400),
                ("nonsense\r\n\r\n", 400),
                ("POST /post HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n", 413),
                ("GET /one/b HTTP/1.1\r\nHost: h\r\nX: \(String(repeating: "x", count: 40_000))\r\n\r\n", 431),
                (
                    "GET /one/b HTTP/1.1\r\nHost: h\r\n" + String(repeating: "X: y\r\n", count: 150) + "\r\n", 431
                ),
                ("GET /\(String(repeating: "x", count: 9_000)) HTTP/1.1\r\nHost: h\r\n\r\n", 414),
                ("POST /post HTTP/1.1\r\nHost: h\r\nExpect: magic\r\nContent-Length: 1\r\n\r\n", 417),
                ("POST /batch HTTP/1.1\r\nHost: h\r\n\r\n", 400),
            ])
        func refusals(request: String, status: Int) async throws {
            let (_, gateway) = try await Self.start()
            let client = try await gateway.connect()
            try await client.send(request)
            let reply = try await client.reply()
            #expect(reply.status == status)
            #expect(reply.header("Content-Type") == "application/problem+json")
            #expect(reply.json["status"] as? Int == status)
            if status == 405 { #expect(reply.header("Allow") == "POST, PUT") }
            // Whatever was sent, the next client is served.
            #expect(try await gateway.get("/one/b").status == 200)
        }
    }
}
