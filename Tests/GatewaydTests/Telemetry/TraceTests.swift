import Foundation
import Testing

extension RunningPrograms {
    /// How calls went, for those who look at a request.
    @Suite(.serialized, .seat) struct TraceTests {
        @Test("debug shows the time line of each call, and only on its route", arguments: TestEngine.allCases)
        func debug(engine: TestEngine) async throws {
            let upstream = try await TestUpstream.start()
            for path in ["/a", "/b"] { upstream.on(path, .json("1")) }
            let calls = "[{ name: a, upstream: all, path: /a }, { name: b, upstream: all, path: /b, after: a }]"
            let gateway = try await Gateway.start(
                """
                upstreams: { all: { servers: ["\(upstream.url)"], engine: \(engine) } }
                routes:
                  - { path: /traced, debug: true, fan_out: \(calls) }
                  - { path: /plain, fan_out: \(calls) }
                """)
            #expect(try await gateway.get("/plain").header("X-Gateway-Trace") == nil)
            _ = try await gateway.get("/traced")
            let trace = try #require(try await gateway.get("/traced").header("X-Gateway-Trace"))
            let parts = trace.components(separatedBy: ", ")
            #expect(parts.count == 2 && parts[0].hasPrefix("a;start=0.0;") && parts[1].hasPrefix("b;start="))
            for part in parts {
                let names = part.split(separator: ";").dropFirst().compactMap { $0.split(separator: "=").first }
                #expect(
                    Set(names).isSuperset(of: ["start", "sent", "first_byte", "total", "attempts", "server"]), "\(part)"
                )
                #expect(part.contains("server=\"\(upstream.url)\"") && part.contains("attempts=1"))
                #expect(!part.contains("connect="), "the connection was there already: \(part)")
            }
        }

        @Test("a connection that is made shows its steps") func connection() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/a", .json("1"))
            let gateway = try await Gateway.start(
                """
                routes: [{ path: /, debug: true, fan_out: [{ name: a, url: "\(upstream.url)/a" }] }]
                """)
            let trace = try #require(try await gateway.get("/").header("X-Gateway-Trace"))
            #expect(trace.contains(";dns=0.0;connect=") && trace.contains(";tls=0.0;"), "\(trace)")
        }

        @Test("why tells how a slow or failed request went, and which is not remembered")
        func why() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/ok", .json("1"))
            upstream.on("/bad", .status(500, "{}"))
            upstream.on("/slow", .delay(.milliseconds(250), then: .json("2")))
            let gateway = try await Gateway.start(
                """
                upstreams: { all: { servers: ["\(upstream.url)"] } }
                routes:
                  - path: /page/{id}
                    timeout: 400ms
                    fan_out: [{ name: ok, upstream: all, path: "/{id}" }, { name: bad, upstream: all, path: "/{id}" }]
                """, workers: 2)
            for (path, id) in [("/page/bad", "failed-1"), ("/page/slow", "slow-1"), ("/page/ok", "good-1")] {
                _ = try await gateway.get(path, headers: [("X-Request-Id", id)])
            }
            let failed = try await gateway.control("why", "failed-1")
            #expect(failed.exitCode == 0, "\(failed.errors)")
            #expect(failed.output.first?.hasPrefix("failed-1  GET /page/{id}  502 after ") == true)
            #expect(failed.output.count { $0.contains("status 500") && $0.contains(upstream.url) } == 2)
            let slow = try await gateway.control("why", "slow-1", "--json")
            #expect(slow.output.first?.contains(#""status":200,"ms":2"#) == true)
            let good = try await gateway.control("why", "good-1")
            #expect(good.exitCode == 1)
            #expect(good.errors == ["gatewayctl: no slow or failed request 'good-1' is remembered"])
            // A record outlives its worker.
            let victim = try #require(try await gateway.stats().workers.first { _ in true })
            gateway.signal(9, to: victim.pid)
            try await waitUntil("it is replaced") { try await gateway.stats().supervisor.restarts_total == 1 }
            #expect(try await gateway.control("why", "failed-1").exitCode == 0)
        }
    }
}
