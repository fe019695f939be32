import Testing

extension RunningPrograms {
    /// What is done about upstreams that fail, with real servers.
    @Suite(.serialized, .seat) struct UpstreamPolicyTests {
        /// Two servers that answer `/a` and `/b` and their configuration.
        private static func servers(_ count: Int = 2) async throws -> [TestUpstream] {
            var servers: [TestUpstream] = []
            for number in 1...count {
                let server = try await TestUpstream.start()
                server.on("/a", .json("\(number)"))
                servers.append(server)
            }
            return servers
        }

        private static func start(
            _ urls: [String], _ policies: String, call: String = "path: /a", route: String = "", workers: Int = 1
        ) async throws -> Gateway {
            try await Gateway.start(
                """
                upstreams:
                  all:
                    servers: [\(urls.map { $0.hasPrefix("{") ? $0 : "\"\($0)\"" }.joined(separator: ", "))]
                    \(policies)
                routes:
                  - { path: /, methods: [GET, POST], \(route) fan_out: [{ name: a, upstream: all, \(call) }] }
                """, workers: workers)
        }

        @Test("a dead server among three fails no page, and is soon left out", arguments: TestEngine.allCases)
        func deadServer(engine: TestEngine) async throws {
            let servers = try await Self.servers()
            let dead = try DeadPort()
            let gateway = try await Self.start(
                [servers[0].url, "http://127.0.0.1:\(dead.port)", servers[1].url], "engine: \(engine)")
            let client = try await gateway.connect()
            for _ in 1...200 {
                try await client.request("GET", "/")
                let reply = try await client.reply()
                #expect(reply.status == 200, "\(reply)")
            }
            let counts = servers.map { $0.requests("/a").count }
            #expect(counts.reduce(0, +) == 200)
            #expect(counts.allSatisfy { $0 > 80 })
            let all = try #require(try await gateway.stats().upstreams["all"])
            #expect(all.calls_total == 200)
            #expect(all.servers?.map(\.state) == ["up", "ejected", "up"])
            #expect(all.retries_total == 5, "one for each failure before it was ejected")
        }

        @Test("weights share calls out, and the fewest in flight have the next")
        func balance() async throws {
            let servers = try await Self.servers()
            let weighted = try await Self.start(["{ url: \"\(servers[0].url)\", weight: 3 }", servers[1].url], "")
            for _ in 1...40 { #expect(try await weighted.get("/").status == 200) }
            #expect(servers.map { $0.requests("/a").count } == [30, 10])

            servers[0].on("/a", .hold(then: .json("1")))
            let least = try await Self.start(servers.map(\.url), "balance: least_in_flight")
            let held = try await least.connect()
            try await held.request("GET", "/")
            // Equals take turns, so the first or the second one is at the server that holds it.
            try await waitUntil("a call is held") {
                let reply = servers[0].inFlight("/a")
                if reply == 0 { _ = try await least.connect().request("GET", "/") }
                return reply == 1
            }
            let before = servers[1].requests("/a").count
            for _ in 1...10 { #expect(try await least.get("/").body == #"{"a":2}"#) }
            #expect(servers[1].requests("/a").count == before + 10)
            servers[0].release("/a")
        }

        @Test("a circuit opens for all workers, lets one call try, and closes when that succeeds")
        func breaker() async throws {
            let servers = try await Self.servers(1)
            servers[0].on("/a", .status(500, "{}"))
            let gateway = try await Self.start(
                servers.map(\.url), "circuit_breaker: { failures: 3, open: 300ms }", workers: 2)
            for _ in 1...3 { #expect(try await gateway.get("/").header("X-Gateway-Failed") == "a;status") }
            #expect(try await gateway.stats().upstreams["all"]?.circuit?.state == "open")
            for _ in 1...10 {
                let reply = try await gateway.get("/")
                #expect(reply.header("X-Gateway-Failed") == "a;circuit_open" || servers[0].requests("/a").count > 3)
            }
            try await waitUntil("a call tried") { try await gateway.get("/").header("X-Gateway-Failed") == "a;status" }
            #expect(try await gateway.get("/").header("X-Gateway-Failed") == "a;circuit_open")
            servers[0].on("/a", .json("1"))
            try await waitUntil("it is closed") { try await gateway.get("/").status == 200 }
            for _ in 1...10 { #expect(try await gateway.get("/").status == 200) }
            let circuit = try #require(try await gateway.stats().upstreams["all"]?.circuit)
            #expect(circuit.state == "closed" && circuit.opened_total == 1)
        }

        @Test("what fails is made again at another server, but nothing that must not be, and within the budget")
        func retries() async throws {
            let servers = try await Self.servers()
            servers[0].on("/a", .status(503, "{}"))
            let policies = "retry: { attempts: 3, backoff: 1ms, budget: 20% }\n    outlier: { failures: 10000 }"
            let gateway = try await Self.start(
                servers.map(\.url), policies, call: "path: /a, forward: { method: true }")
            for _ in 1...20 { #expect(try await gateway.get("/").status == 200) }
            #expect(servers.map { $0.requests("/a").count } == [10, 20])
            var failed = 0
            for _ in 1...4 where try await gateway.send("POST", "/", body: "").status == 502 { failed += 1 }
            #expect(failed == 2)

            servers[1].on("/a", .status(503, "{}"))
            let before = servers.reduce(0) { $0 + $1.requests("/a").count }
            for _ in 1...100 { #expect(try await gateway.get("/").status == 502) }
            let calls = servers.reduce(0) { $0 + $1.requests("/a").count } - before
            #expect(calls > 110 && calls <= 130, "a fifth more, and at most ten saved up: \(calls)")
            #expect(try await gateway.stats().upstreams["all"]?.calls_total == 124)
        }

        @Test("a status that is none of a sick server is repeated too where the configuration names it")
        func retriedStatus() async throws {
            let servers = try await Self.servers()
            servers[0].on("/a", .status(429, "{}"))
            let gateway = try await Self.start(
                servers.map(\.url), "retry: { on: [429], backoff: 1ms, budget: 100% }")
            for _ in 1...6 { #expect(try await gateway.get("/").body == #"{"a":2}"#) }
            #expect(servers.map { $0.requests("/a").count } == [3, 6])
            #expect(try await gateway.stats().upstreams["all"]?.servers?.map(\.state) == ["up", "up"])
        }

        @Test("an attempt that takes too long is followed by another within the call's time")
        func attemptTimeout() async throws {
            let servers = try await Self.servers()
            servers[0].on("/a", .never)
            let gateway = try await Self.start(
                servers.map(\.url), "retry: { attempt_timeout: 50ms, backoff: 1ms }", call: "path: /a, timeout: 60s",
                route: "timeout: 60s,")
            for _ in 1...4 { #expect(try await gateway.get("/").body == #"{"a":2}"#) }
            #expect(servers[0].disconnects("/a") == 2)
            servers[1].on("/a", .never)
            #expect(try await gateway.get("/").header("X-Gateway-Failed") == "a;timeout")
        }

        @Test("a copy of a slow call goes to another server, the first answer counts, and the other is cancelled")
        func hedging() async throws {
            let servers = try await Self.servers()
            servers[0].on("/a", .never)
            let gateway = try await Self.start(
                servers.map(\.url), "hedge: { after: 30ms, budget: 100% }", call: "path: /a, timeout: 60s",
                route: "timeout: 60s,")
            for _ in 1...6 { #expect(try await gateway.get("/").body == #"{"a":2}"#) }
            #expect(servers[0].requests("/a").count == 3)
            try await waitUntil("the slow ones were cancelled") { servers[0].disconnects("/a") == 3 }
            let all = try #require(try await gateway.stats().upstreams["all"])
            #expect(all.hedges_total == 3 && all.hedges_won_total == 3 && all.calls_total == 6 && all.in_flight == 0)
        }

        @Test("a server whose probes fail is left out until they succeed, and one worker probes for all")
        func probes() async throws {
            let servers = try await Self.servers()
            for server in servers { server.on("/healthz", .json("{}")) }
            let gateway = try await Self.start(
                servers.map(\.url), "health: { path: /healthz, interval: 50ms, rise: 2, fall: 2 }", workers: 3)
            func states() async throws -> [String]? {
                try await gateway.stats().upstreams["all"]?.servers?.map(\.state)
            }
            servers[1].on("/healthz", .status(503, "{}"))
            try await waitUntil("it is down") { try await states() == ["up", "down"] }
            let before = servers[1].requests("/a").count
            for _ in 1...12 { #expect(try await gateway.get("/").body == #"{"a":1}"#) }
            #expect(servers[1].requests("/a").count == before)
            servers[1].on("/healthz", .json("{}"))
            try await waitUntil("it is up") { try await states() == ["up", "up"] }
            // In 20 intervals no more than 20 probes, and some to spare for their edges.
            let start = servers[0].requests("/healthz")
            let first = try #require(start.last?.arrived)
            try await waitUntil("a second of probes") {
                servers[0].requests("/healthz").last.map { $0.arrived - first > .seconds(1) } ?? false
            }
            let probes = servers[0].requests("/healthz").filter {
                $0.arrived > first && $0.arrived - first < .seconds(1)
            }
            #expect(probes.count <= 21)
            #expect(try await gateway.stats().upstreams["all"]?.calls_total == 12, "probes are no calls")
        }

        @Test("the time that is left goes along where it is asked for")
        func deadline() async throws {
            let servers = try await Self.servers(1)
            let gateway = try await Self.start(
                servers.map(\.url), "deadline_header: X-Left", call: "path: /a, timeout: 5s", route: "timeout: 3s,")
            #expect(try await gateway.get("/").status == 200)
            #expect(servers[0].requests("/a").first?.header("X-Left") == "3000")
        }
    }
}
