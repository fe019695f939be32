import Testing

extension RunningPrograms {
    /// A server may close a kept connection just when the next request is sent on it: nobody is to notice.
    @Suite(.serialized, .seat) struct KeepaliveRaceTests {
        @Test(
            "no call fails although each connection ends unannounced after a few requests", .tags(.slow),
            arguments: [(TestEngine.auto, 10_000), (.libcurl, 10_000)])
        func raced(engine: TestEngine, pages: Int) async throws {
            let upstream = try FickleUpstream.start(seed: 20_261_125)
            let calls = (1...5).map { "{ name: c\($0), upstream: all, path: /\($0), required: true }" }
            let gateway = try await Gateway.start(
                """
                upstreams: { all: { servers: ["\(upstream.url)"], engine: \(engine) } }
                routes: [{ path: /page, timeout: 20s, fan_out: [\(calls.joined(separator: ", "))] }]
                """)
            let clients = LoadClients.start(
                port: gateway.port, connections: 16, path: "/page", body: #"{"c1":1,"c2":1,"c3":1,"c4":1,"c5":1}"#,
                limit: pages)
            try await waitUntil("all pages were answered", limit: .seconds(120)) {
                clients.areDone || !clients.failures.isEmpty
            }
            let result = await clients.stop()
            #expect(
                result.failures.isEmpty, "\(result.failures.count) of \(result.answered): \(result.failures.prefix(5))")
            #expect(result.answered == pages)
            let totals = try await gateway.stats().totals
            #expect(totals.requests.total == pages && totals.requests.by_class["2xx"] == pages)
            #expect(totals.calls.total == 5 * pages)
            #expect(totals.calls.failed.values.reduce(0, +) == 0, "\(totals.calls.failed)")
            #expect(totals.calls.in_flight == 0)
            // The race was run: requests were left unread, and every answer was for a call.
            #expect(upstream.answered == 5 * pages)
            #expect(upstream.unread > pages / 10, "\(upstream.unread) of \(upstream.connections) connections")
        }

        @Test("keepalive says how many connections are kept, and for how long", arguments: TestEngine.allCases)
        func keepalive(engine: TestEngine) async throws {
            let kinds = ["all": "", "none": ", keepalive: { connections: 0 }", "short": ", keepalive: { idle: 1s }"]
            // A server for each: libcurl shares connections to one.
            let servers = try kinds.mapValues { _ in try FickleUpstream.start(seed: 1, requests: 100...100) }
            let upstreams = kinds.map { kind, keys in
                "\(kind): { servers: [\"\(servers[kind]?.url ?? "")\"], engine: \(engine)\(keys) }"
            }
            let routes = kinds.keys.map { "{ path: /\($0), fan_out: [{ name: c, upstream: \($0), path: / }] }" }
            let gateway = try await Gateway.start(
                """
                upstreams: { \(upstreams.joined(separator: ", ")) }
                routes: [\(routes.joined(separator: ", "))]
                """)
            for kind in kinds.keys {
                for _ in 0..<5 { #expect(try await gateway.get("/\(kind)").status == 200) }
            }
            #expect(servers.mapValues(\.connections) == ["all": 1, "none": 5, "short": 1])
            // libcurl counts whole seconds, and closes whatever is too old for the call that it looks for.
            let used = ContinuousClock.now
            try await waitUntil("the connection was too old") { ContinuousClock.now > used + .milliseconds(2_100) }
            for kind in ["none", "short"] { #expect(try await gateway.get("/\(kind)").status == 200) }
            #expect(servers.mapValues(\.connections) == ["all": 1, "none": 6, "short": 2])
        }
    }
}
