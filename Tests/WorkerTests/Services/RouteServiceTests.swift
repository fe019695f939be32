import Base
import Loop
import Processes
import Scoreboard
import Testing

@testable import Worker

@LoopActor struct RouteServiceTests {
    private static let start = MonotonicTime(nanoseconds: 5_000_000_000_000)

    private func worker(_ limit: String = "") throws -> TestWorker {
        try TestWorker(
            "routes: [{ path: '/a', \(limit) fan_out: [{ name: a, url: 'http://127.0.0.1:1/a' }] }, "
                + "{ path: '/b', \(limit) fan_out: [{ name: a, url: 'http://127.0.0.1:1/a' }] }]")
    }

    @Test("a route lets its burst in, then what its rate has room for, and says how long the next one waits")
    func rateLimit() throws {
        let service = try worker("rate_limit: { rate: 10/s, burst: 3 },").services.routes[0]
        let request = TestWorker.request("GET", "/a")
        func judge(_ milliseconds: Int) -> RouteService.Verdict {
            service.judge(request, at: Self.start + .milliseconds(milliseconds))
        }
        #expect((0..<3).allSatisfy { _ in judge(0) == .admitted })
        #expect(judge(0) == .rateLimited(for: .milliseconds(100)) && judge(40) == .rateLimited(for: .milliseconds(60)))
        #expect(judge(100) == .admitted && judge(100) == .rateLimited(for: .milliseconds(100)))
    }

    @Test("routes, and clients where the key says so, have buckets of their own")
    func buckets() throws {
        let routes = try worker("rate_limit: { rate: 1/h, key: client },").services.routes
        for route in routes {
            for client in 0..<100 {
                let request = TestWorker.request("GET", "/a", from: "10.0.0.\(client):1")
                #expect(route.judge(request, at: Self.start) == .admitted)
                #expect(route.judge(request, at: Self.start) != .admitted)
            }
        }
    }

    @Test("a request over the limit is answered 429 before any call, and counted as such")
    func refusal() throws {
        let worker = try worker("rate_limit: { rate: 1/h },")
        #expect(worker.send("GET", "/a").answers.isEmpty)
        let client = worker.send("GET", "/a")
        #expect(client.status == 429 && client.fields.contains("Retry-After: 36") && worker.engine.calls.count == 1)
        #expect(worker.traffic.refusals[.rateLimited] == 1)
    }

    @Test("a route in quarantine is refused until that ends, and counts nothing meanwhile")
    func quarantine() throws {
        let worker = try worker("quarantine: true, rate_limit: { rate: 1/h },")
        let service = worker.services.routes[0]
        let request = TestWorker.request("GET", "/a")
        worker.board.supervisor.quarantine(RouteHash.of("/a"), until: Self.start + .seconds(30))
        #expect(service.judge(request, at: Self.start) == .quarantined(for: .seconds(30)))
        #expect(service.judge(request, at: Self.start + .seconds(29)) == .quarantined(for: .seconds(1)))
        #expect(service.judge(request, at: Self.start + .seconds(30)) == .admitted)
        #expect(worker.services.routes[1].judge(request, at: Self.start) == .admitted)
    }

    @Test("the clock is not asked where no time decides")
    func noClock() throws {
        var reads = 0
        func now() -> MonotonicTime {
            reads += 1
            return Self.start
        }
        let request = TestWorker.request("GET", "/a")
        #expect(try worker().services.routes[0].judge(request, at: now()) == .admitted && reads == 0)
        #expect(try worker("rate_limit: { rate: 1/h },").services.routes[0].judge(request, at: now()) == .admitted)
        #expect(reads == 1)
    }

    @Test("each route keeps its number, its place on the scoreboard, and one token service for one rule")
    func numbers() throws {
        let worker = try TestWorker(
            """
            upstreams: { id: { servers: ["http://127.0.0.1:2"] } }
            auth: { jwt: { jwks: { upstream: id, path: /keys }, issuer: i, audience: a } }
            routes:
              - { path: /a, respond: { body: a } }
              - { path: /b, respond: { body: b } }
              - { path: /c, auth: none, respond: { body: c } }
            """)
        let routes = worker.services.routes
        #expect(routes.map(\.index) == [0, 1, 2])
        #expect(routes[0].stages.tokens === routes[1].stages.tokens && routes[2].stages.tokens == nil)
        #expect(routes[0].stages.rateLimit == nil)
        worker.services.start(worker.engine)
        #expect(worker.engine.targets == ["/keys"])
    }
}
