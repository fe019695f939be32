import Testing

extension RunningPrograms {
    /// `coalesce:` and `cache:`, with a real gateway: which calls reach the upstream, and what clients get.
    @Suite(.serialized, .seat) struct SharingTests {
        private static func start(
            _ upstream: TestUpstream, _ sharing: String, call: String = "", engine: TestEngine = .auto
        ) async throws -> Gateway {
            try await Gateway.start(
                """
                upstreams: { all: { servers: ["\(upstream.url)"], engine: \(engine), \(sharing) } }
                routes:
                  - path: /page
                    timeout: 25s
                    fan_out: [{ name: c, upstream: all, path: /c, required: true\(call) }]
                """)
        }

        @Test(
            "64 clients who ask at once cost the upstream one call, and have its answer", arguments: TestEngine.allCases
        )
        func coalesced(engine: TestEngine) async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/c", .hold(then: .json("1")))
            let gateway = try await Self.start(upstream, "coalesce: true", engine: engine)
            let clients = LoadClients.start(
                port: gateway.port, connections: 64, path: "/page", body: #"{"c":1}"#, limit: 64)
            try await waitUntil("all clients waited") {
                try await gateway.stats().totals.requests.in_flight == 64
            }
            #expect(upstream.requests("/c").count == 1)
            upstream.release("/c")
            try await waitUntil("all were answered") { clients.areDone }
            let result = await clients.stop()
            #expect(result.answered == 64 && result.failures.isEmpty, "\(result.failures.prefix(3))")
            #expect(upstream.requests("/c").count == 1)
            #expect(try await gateway.stats().upstreams["all"]?.coalesced == 63)
            // Without one in flight the next request is a call of its own.
            #expect(try await gateway.get("/page").body == #"{"c":1}"#)
            #expect(upstream.requests("/c").count == 2)
        }

        @Test("under load the upstream has a tenth of the calls at most")
        func loaded() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/c", .delay(.milliseconds(5), then: .json("1")))
            let gateway = try await Self.start(upstream, "coalesce: true")
            let clients = LoadClients.start(
                port: gateway.port, connections: 64, path: "/page", body: #"{"c":1}"#, limit: 6_400)
            try await waitUntil("all were answered") { clients.areDone }
            let result = await clients.stop()
            #expect(result.failures.isEmpty, "\(result.failures.prefix(3))")
            let calls = upstream.requests("/c").count
            #expect(calls * 10 <= result.answered, "\(calls) calls for \(result.answered) pages")
        }

        @Test("the call goes on when the client that began it goes away, and ends when the last one does")
        func leaving() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/c", .hold(then: .json("1")))
            let gateway = try await Self.start(upstream, "coalesce: true")
            let (first, second) = (try await gateway.connect(), try await gateway.connect())
            try await first.request("GET", "/page")
            try await waitUntil("the call was at the upstream") { upstream.inFlight("/c") == 1 }
            try await second.request("GET", "/page")
            try await waitUntil("both waited") { try await gateway.stats().totals.calls.in_flight == 2 }
            first.disconnect()
            try await waitUntil("one was gone") { try await gateway.stats().totals.calls.in_flight == 1 }
            #expect(upstream.inFlight("/c") == 1)
            upstream.release("/c")
            #expect(try await second.reply().body == #"{"c":1}"#)
            #expect(upstream.requests("/c").count == 1)
            upstream.on("/c", .never)
            let last = try await gateway.connect()
            try await last.request("GET", "/page")
            try await waitUntil("the call was at the upstream") { upstream.inFlight("/c") == 1 }
            last.disconnect()
            try await waitUntil("the upstream saw it go") { upstream.disconnects("/c") == 1 }
        }

        @Test("callers with different Authorization never share, in flight or kept")
        func authorized() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/c", .hold(then: .answer(200, [("Cache-Control", "public, max-age=60")], "1")))
            let gateway = try await Self.start(
                upstream, "coalesce: true, cache: {}", call: ", forward: { headers: [authorization] }")
            let names = ["a", "b", "a", "b"]
            var clients: [RawClient] = []
            for name in names {
                let client = try await gateway.connect()
                try await client.request("GET", "/page", headers: [("Authorization", name)])
                clients.append(client)
            }
            try await waitUntil("all waited") { try await gateway.stats().totals.calls.in_flight == 4 }
            upstream.release("/c")
            for client in clients { #expect(try await client.reply().status == 200) }
            for name in names {
                #expect(try await gateway.get("/page", headers: [("Authorization", name)]).status == 200)
            }
            #expect(
                upstream.requests("/c").map { $0.header("Authorization") }.sorted { ($0 ?? "") < ($1 ?? "") } == [
                    "a", "b",
                ])
        }

        @Test(
            "what is kept answers for as long as it may; what says no-store never does", arguments: TestEngine.allCases)
        func kept(engine: TestEngine) async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/c", .json("1"))
            let gateway = try await Self.start(upstream, "cache: { ttl: 1h }", engine: engine)
            for _ in 0..<20 { #expect(try await gateway.get("/page").body == #"{"c":1}"#) }
            #expect(upstream.requests("/c").count == 1)
            let cache = try #require(try await gateway.stats().upstreams["all"]?.cache)
            #expect(cache.hits == 19 && cache.misses == 1 && cache.stale == 0 && cache.bytes > 0)
            for control in ["no-store", "private", "no-cache", "max-age=0"] {
                upstream.on("/c", .answer(200, [("Cache-Control", control)], "2"))
                let fresh = try await Self.start(upstream, "cache: { ttl: 1h }", engine: engine)
                let before = upstream.requests("/c").count
                for _ in 0..<3 { #expect(try await fresh.get("/page").body == #"{"c":2}"#) }
                #expect(upstream.requests("/c").count == before + 3, "\(control)")
            }
        }

        @Test("what is stale stands in for an upstream that fails, and is used while it is fetched anew")
        func stale() async throws {
            let upstream = try await TestUpstream.start()
            let control = "max-age=0, stale-if-error=3600"
            upstream.on("/c", .answer(200, [("Cache-Control", control)], "1"))
            let gateway = try await Self.start(upstream, "cache: {}")
            #expect(try await gateway.get("/page").body == #"{"c":1}"#)
            upstream.on("/c", .status(503, "{}"))
            #expect(try await gateway.get("/page").body == #"{"c":1}"#)
            upstream.on("/c", .reset)
            #expect(try await gateway.get("/page").body == #"{"c":1}"#)
            upstream.on(
                "/c",
                .answer(200, [("Cache-Control", "max-age=0, stale-while-revalidate=3600, stale-if-error=3600")], "2"))
            #expect(try await gateway.get("/page").body == #"{"c":2}"#)
            upstream.on("/c", .answer(200, [("Cache-Control", control)], "3"))
            #expect(try await gateway.get("/page").body == #"{"c":2}"#)
            try await waitUntil("the new one was there") { try await gateway.get("/page").body == #"{"c":3}"# }
            #expect(try await gateway.stats().upstreams["all"]?.cache?.stale ?? 0 >= 3)
        }

        @Test("what is stale stands in for an upstream that is dead")
        func dead() async throws {
            let answer = "HTTP/1.1 200 OK\r\nCache-Control: max-age=0\r\nContent-Length: 1\r\n\r\n1"
            var upstream: BlockingUpstream? = try BlockingUpstream.start { connection in
                if connection.request() != nil { _ = connection.send(Array(answer.utf8)) }
            }
            let gateway = try await Gateway.start(
                """
                upstreams: { all: { servers: ["\(upstream?.url ?? "")"], cache: { stale_if_error: 1h } } }
                routes: [{ path: /page, timeout: 25s, fan_out: [{ name: c, upstream: all, path: /c, required: true }] }]
                """)
            #expect(try await gateway.get("/page").body == #"{"c":1}"#)
            upstream = nil
            for _ in 0..<3 {
                let reply = try await gateway.get("/page")
                #expect(reply.status == 200 && reply.body == #"{"c":1}"#)
            }
            let cache = try #require(try await gateway.stats().upstreams["all"]?.cache)
            #expect(cache.stale == 3 && cache.misses == 4)
            withExtendedLifetime(upstream) {}
        }
    }
}
