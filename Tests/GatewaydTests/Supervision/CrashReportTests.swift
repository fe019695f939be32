import Foundation
import Testing

extension RunningPrograms {
    /// What is told of workers that die, and what becomes of a route that they die of.
    @Suite(.serialized, .seat) struct CrashReportTests {
        private static func configuration(_ upstream: TestUpstream) -> String {
            """
            restart: { intensity: 100 }
            upstreams:
              service: { servers: ["\(upstream.url)"] }
            routes:
              - path: /page
                fan_out: [{ name: first, upstream: service, path: /first }]
              - path: /deadly/{id}
                timeout: 60s
                quarantine: true
                fan_out:
                  - { name: first, upstream: service, path: /first }
                  - { name: held, upstream: service, path: /held }
            """
        }

        /// Has a worker die while it holds a request; the pid of the one that died.
        private static func crash(
            _ gateway: Gateway, _ upstream: TestUpstream, id: String, signal: Int32
        ) async throws -> Int32 {
            let client = try await gateway.connect()
            try await client.request("GET", "/deadly/7?secret=1", headers: [("X-Request-Id", id)])
            try await waitUntil("the upstream has it") { upstream.inFlight("/held") == 1 }
            let worker = try #require(try await gateway.stats().workers.first { $0.requests.in_flight == 1 })
            gateway.signal(signal, to: worker.pid)
            try await waitUntil("its successor serves", limit: .seconds(60)) {
                let now = try await gateway.stats().workers[worker.id]
                return now.pid != worker.pid && now.state == "ready"
            }
            try await waitUntil("the upstream saw it go") { upstream.inFlight("/held") == 0 }
            return worker.pid
        }

        @Test(
            "a crash is reported with its signal and what was in flight: route, id, age, and the calls that were open")
        func reported() async throws {
            let upstream = try await Page.upstream()
            upstream.on("/held", .hold(then: .json("{}")))
            let gateway = try await Gateway.start(Self.configuration(upstream))
            #expect(try await gateway.stats().crashes.isEmpty)
            let pid = try await Self.crash(gateway, upstream, id: "mine-1", signal: SIGSEGV)
            let stats = try await gateway.stats()
            let crash = try #require(stats.crashes.last)
            #expect(stats.crashes.count == 1 && crash.pid == pid && crash.id == 0 && crash.in_flight == 1)
            #expect(crash.reason == "signal SIGSEGV" && crash.suspect == nil)
            let request = try #require(crash.requests.first)
            #expect(request.route == "/deadly/{id}" && request.request_id == "mine-1")
            #expect(request.waits_for == ["held"] && request.age_ms >= 0)
            let event = try await gateway.waitFor(event: "worker_crashed")
            #expect(event.pid == pid && event.slot == 0)
            let log = gateway.program.errors.lines.joined(separator: "\n")
            #expect(log.contains("mine-1") && !log.contains("secret"))
            gateway.stop()
        }

        @Test("what a worker wrote to standard error last is in its report, and lines of the log stay whole")
        func lastWords() async throws {
            let upstream = try await Page.upstream()
            upstream.on("/held", .hold(then: .json("{}")))
            let gateway = try await Gateway.start(Self.configuration(upstream))
            _ = try await Self.crash(gateway, upstream, id: "mine-2", signal: SIGSEGV)
            let crash = try #require(try await gateway.stats().crashes.last)
            // A runtime without its backtracer at hand writes nothing.
            let wrote = gateway.program.errors.lines.contains { $0.contains("Signal 11") }
            #expect(crash.stderr.isEmpty != wrote)
            let logged = gateway.program.errors.lines.filter { $0.contains("\"event\":") }
            #expect(logged.allSatisfy { $0.hasPrefix("{\"time\":") && $0.hasSuffix("}") })
            gateway.stop()
        }

        @Test(
            "a route that three crashes have in common is the suspect, and in quarantine answers 503 while others serve"
        )
        func quarantine() async throws {
            let upstream = try await Page.upstream()
            upstream.on("/held", .hold(then: .json("{}")))
            let gateway = try await Gateway.start(Self.configuration(upstream), workers: 2)
            for round in 1...3 { _ = try await Self.crash(gateway, upstream, id: "mine-\(round)", signal: SIGKILL) }
            try await gateway.waitFor(event: "route_quarantined")
            #expect(try await gateway.stats().crashes.map(\.suspect) == [nil, nil, "/deadly/{id}"])
            for _ in 0..<4 {
                let refused = try await gateway.get("/deadly/7")
                #expect(refused.status == 503 && refused.header("Content-Type") == "application/problem+json")
                #expect((1...60).contains(Int(refused.header("Retry-After") ?? "") ?? 0))
                #expect(try await gateway.get("/page").status == 200)
            }
            gateway.stop()
        }
    }
}
