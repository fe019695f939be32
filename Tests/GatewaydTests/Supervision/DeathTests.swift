import Foundation
import Testing

extension RunningPrograms {
    /// What is told of a worker's death, for each way to die, and how long that is remembered.
    @Suite(.serialized, .seat) struct DeathTests {
        /// Requests to /held by as many clients, which the upstream has and keeps.
        private static func hold(
            _ count: Int, of gateway: Gateway, _ upstream: TestUpstream
        ) async throws -> [RawClient] {
            var clients: [RawClient] = []
            for _ in 0..<count {
                let client = try await gateway.connect()
                try await client.request("GET", "/held?secret=1")
                clients.append(client)
            }
            try await waitUntil("the upstream has \(count)") { upstream.inFlight("/held") == count }
            return clients
        }

        /// Sends a signal to the first worker while it holds as many requests; the report, once its successor serves.
        private static func death(
            of gateway: Gateway, _ upstream: TestUpstream, by number: Int32, requests: Int = 1
        ) async throws -> Stats.Crash {
            upstream.on("/held", .hold(then: .json("{}")))
            let clients = try await hold(requests, of: gateway, upstream)
            let victim = try #require(try await gateway.stats().workers.first)
            gateway.signal(number, to: victim.pid)
            try await waitUntil("its successor serves") {
                let now = try await gateway.stats().workers[0]
                return now.pid != victim.pid && now.state == "ready"
            }
            for client in clients { client.disconnect() }
            try await waitUntil("the upstream saw it go") { upstream.inFlight("/held") == 0 }
            let crash = try #require(try await gateway.stats().crashes.last)
            #expect(crash.pid == victim.pid && crash.in_flight == requests)
            return crash
        }

        @Test(
            "a death is told by its own signal, whether the runtime's backtracer runs, is missing or is turned off",
            arguments: ["", "swift-backtrace=/nonexistent", "enable=no"])
        func signals(setting: String) async throws {
            let upstream = try await Page.upstream()
            let settings = "restart: { backoff: 10ms, backoff_max: 10ms, intensity: 100 }"
            let gateway = try await Gateway.start(
                Page.configuration(upstream, settings: settings),
                environment: setting.isEmpty ? [:] : ["SWIFT_BACKTRACE": setting])
            for (number, name) in [
                (SIGABRT, "SIGABRT"), (SIGILL, "SIGILL"), (SIGSEGV, "SIGSEGV"), (SIGKILL, "SIGKILL"),
            ] {
                let crash = try await Self.death(of: gateway, upstream, by: number)
                #expect(crash.reason == "signal \(name)")
                #expect(crash.requests.map(\.route) == ["/held"] && crash.requests.first?.waits_for == ["held"])
            }
            #expect(!gateway.program.errors.lines.contains { $0.contains("secret") })
            gateway.stop()
        }

        @Test("a stopped worker, which SIGABRT does not reach, is killed and reported as unresponsive with its request")
        func stopped() async throws {
            let upstream = try await Page.upstream()
            let gateway = try await Gateway.start(Page.configuration(upstream, settings: "heartbeat_stale: 1s"))
            let crash = try await Self.death(of: gateway, upstream, by: SIGSTOP)
            #expect(crash.reason == "unresponsive" && crash.stderr.isEmpty)
            #expect(crash.requests.map(\.route) == ["/held"])
            // For as long it had shown no sign of life.
            #expect(try #require(crash.requests.first).age_ms >= 1_000)
            gateway.stop()
        }

        @Test("more requests than there are records are all served, all counted, and listed as far as there is room")
        func crowd() async throws {
            let upstream = try await Page.upstream()
            let gateway = try await Gateway.start(Page.configuration(upstream))
            let crash = try await Self.death(of: gateway, upstream, by: SIGKILL, requests: 150)
            #expect(crash.requests.count == 8)
            #expect(crash.requests.allSatisfy { $0.route == "/held" && $0.waits_for == ["held"] })
            upstream.release("/held")
            #expect(try await gateway.get("/held").status == 200)
            gateway.stop()
        }

        @Test("reports and a quarantine outlive an upgrade")
        func upgrade() async throws {
            let installed = try InstalledProgram()
            let upstream = try await Page.upstream()
            let settings = """
                restart: { backoff: 10ms, backoff_max: 10ms, intensity: 100 }
                reload: { canary: 20ms }
                """
            let yaml = Page.configuration(upstream, settings: settings)
                .replacing("path: /held\n", with: "path: /held\n    quarantine: true\n", maxReplacements: 1)
            let gateway = try await Gateway.start(yaml, as: .init(executable: installed.path))
            for _ in 0..<3 { _ = try await Self.death(of: gateway, upstream, by: SIGKILL) }
            try await gateway.waitFor(event: "route_quarantined")
            let before = try await gateway.stats().crashes.map(\.pid)
            try installed.replace()
            #expect(try await gateway.control("upgrade").exitCode == 0)
            #expect(try await gateway.stats().supervisor.generation == 2)
            #expect(try await gateway.stats().crashes.map(\.pid) == before)
            #expect(try await gateway.get("/held").status == 503)
            #expect(try await gateway.get("/page").status == 200)
            gateway.stop()
        }
    }
}
