import Testing

extension RunningPrograms {
    /// `merge: stream`: parts leave as they arrive.
    @Suite(.serialized, .seat) struct StreamTests {
        private static func start(_ upstream: TestUpstream) async throws -> Gateway {
            try await Gateway.start(
                """
                upstreams: { all: { servers: ["\(upstream.url)"] } }
                routes:
                  - path: /page
                    merge: stream
                    timeout: 60s
                    fan_out:
                      - { name: slow, upstream: all, path: /slow, fallback: [0] }
                      - { name: quick, upstream: all, path: /quick }
                      - { name: after, upstream: all, path: "/after/{quick.body.id}" }
                """, accessLog: true)
        }

        @Test("each part is there as soon as its call is, also those that wait for others, and the last line sums up")
        func lines() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/quick", .json("{\"id\":\n 7}"))
            upstream.on("/after/7", .json("[1]"))
            upstream.on("/slow", .hold(then: .status(500, "x")))
            let gateway = try await Self.start(upstream)
            let client = try await gateway.connect()
            try await client.request("GET", "/page")
            // While the slow call, first in the configuration, is held.
            #expect(try await client.hears(#""name":"after","status":200"#))
            try await waitUntil("the slow call is held") { upstream.inFlight("/slow") == 1 }
            upstream.release("/slow")
            #expect(try await client.hears("0\r\n\r\n"))

            let reply = try await gateway.get("/page")
            #expect(reply.header("Content-Type") == "application/x-ndjson")
            #expect(reply.header("Transfer-Encoding") == "chunked" && reply.header("Content-Length") == nil)
            let lines = reply.body.split(separator: "\n").map(String.init)
            #expect(lines.count == 4)
            #expect(
                lines.contains {
                    $0.hasPrefix(#"{"name":"slow","error":"status","status":500,"ms":"#)
                        && $0.hasSuffix(#""body":[0]}"#)
                })
            #expect(lines.contains { $0.hasSuffix(#""body":{"id":  7}}"#) }, "\(lines)")
            #expect(lines.last?.hasSuffix(#""failed":["slow"]}"#) == true)
            let log = try await waitForLog(gateway, 2)
            #expect(log.allSatisfy { $0.contains("\"status\":200") && !$0.contains("\"bytes\":0") }, "\(log)")
        }

        private func waitForLog(_ gateway: Gateway, _ count: Int) async throws -> [String] {
            try await waitUntil("the requests are logged") { gateway.standardOutput.count >= count }
            return gateway.standardOutput
        }

        @Test("who prefers events gets events") func events() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/quick", .json("{\"id\":7}"))
            let gateway = try await Self.start(upstream)
            let reply = try await gateway.get("/page", headers: [("Accept", "text/event-stream")])
            #expect(reply.header("Content-Type") == "text/event-stream")
            #expect(reply.body.contains("event: part\nid: quick\ndata: {\"name\":\"quick\""))
            #expect(reply.body.contains("event: end\n"))
        }

        @Test("a client that goes takes its calls along, and one that does not read is waited for")
        func clients() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/quick", .json("{\"id\":7}"))
            upstream.on("/slow", .never)
            let gateway = try await Self.start(upstream)
            let gone = try await gateway.connect()
            try await gone.request("GET", "/page")
            #expect(try await gone.hears(#""name":"quick""#))
            gone.disconnect()
            try await waitUntil("its call is cancelled") { upstream.disconnects("/slow") == 1 }
            try await waitUntil("it is counted") { try await gateway.stats().totals.requests.in_flight == 0 }
            #expect(try await gateway.stats().totals.requests.by_class["4xx"] == 1)

            let large = "\"" + String(repeating: "x", count: 9 << 20) + "\""
            for path in ["/slow", "/quick"] { upstream.on(path, .json(large)) }
            let lazy = try await gateway.connect()
            try await lazy.request("GET", "/page")
            try await waitUntil("the calls are over") { try await gateway.stats().totals.calls.in_flight == 0 }
            #expect(try await gateway.stats().totals.requests.in_flight == 1)
            lazy.disconnect()
            try await waitUntil("it is gone") { try await gateway.stats().totals.requests.in_flight == 0 }
        }
    }

    /// What is refused before it costs calls.
    @Suite(.serialized, .seat) struct AdmissionTests {
        @Test("a page whose required call cannot be made is refused before it begins, with 503 and Retry-After")
        func refused() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/held", .hold(then: .json("1")))
            upstream.on("/other", .json("2"))
            let gateway = try await Gateway.start(
                """
                upstreams:
                  few: { servers: ["\(upstream.url)"], max_in_flight: 1, max_queue: 0 }
                  all: { servers: ["\(upstream.url)"] }
                routes:
                  - path: /needs
                    timeout: 60s
                    fan_out:
                      - { name: other, upstream: all, path: /other }
                      - { name: held, upstream: few, path: /held, required: true }
                  - path: /likes
                    fan_out: [{ name: other, upstream: all, path: /other }, { name: held, upstream: few, path: /held }]
                """)
            let first = try await gateway.connect()
            try await first.request("GET", "/needs")
            try await waitUntil("the only place is taken") { upstream.inFlight("/held") == 1 }
            let others = upstream.requests("/other").count
            let refused = try await gateway.get("/needs")
            #expect(refused.status == 503 && refused.header("Retry-After") == "1")
            #expect(refused.header("Content-Type") == "application/problem+json")
            #expect(refused.body.contains("'held'"))
            #expect(upstream.requests("/other").count == others, "no call was made")
            #expect(try await gateway.stats().totals.requests.refused == 1)
            let without = try await gateway.get("/likes")
            #expect(without.status == 200 && without.header("X-Gateway-Failed") == "held;overloaded")
            upstream.release("/held")
            #expect(try await first.reply().status == 200)
        }

        @Test("near the limit of a worker, calls that an answer can do without are left out")
        func shed() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/held", .hold(then: .json("1")))
            for path in ["/must", "/may"] { upstream.on(path, .json("2")) }
            let gateway = try await Gateway.start(
                """
                limits: { in_flight: 20 }
                upstreams: { all: { servers: ["\(upstream.url)"] } }
                routes:
                  - { path: /held, timeout: 60s, fan_out: [{ name: a, upstream: all, path: /held }] }
                  - path: /page
                    fan_out:
                      - { name: must, upstream: all, path: /must, required: true }
                      - { name: may, upstream: all, path: /may, fallback: 0 }
                """)
            #expect(try await gateway.get("/page").header("X-Gateway-Completed") == "true")
            var clients: [RawClient] = []
            for _ in 1...18 {
                let client = try await gateway.connect()
                try await client.request("GET", "/held")
                clients.append(client)
            }
            try await waitUntil("they are in flight") { upstream.inFlight("/held") == 18 }
            let reply = try await gateway.get("/page")
            #expect(reply.status == 200 && reply.body == #"{"must":2,"may":0}"#)
            #expect(reply.header("X-Gateway-Failed") == "may;shed")
            #expect(upstream.requests("/may").count == 1)
            upstream.release("/held")
            for client in clients { #expect(try await client.reply().status == 200) }
        }
    }
}
