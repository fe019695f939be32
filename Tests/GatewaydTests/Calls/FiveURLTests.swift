import Foundation
import Testing

extension RunningPrograms {
    /// The classic: five URLs at once, of which one is slow and one is dead.
    @Suite(.serialized, .seat) struct FiveURLTests {
        @Test("five URLs are called at once, and the answer takes as long as the slowest")
        func allAtOnce() async throws {
            let upstream = try await TestUpstream.start()
            for path in ["/a", "/b", "/c"] { upstream.on(path, .hold(then: .json(#"{"from":"\#(path)"}"#))) }
            upstream.on("/slow", .delay(.seconds(2), then: .json(#"{"slow":true}"#)))
            let dead = try DeadPort()
            let gateway = try await Gateway.start(
                """
                upstreams:
                  all: { servers: ["\(upstream.url)"] }
                  dead: { servers: ["http://127.0.0.1:\(dead.port)"] }
                routes:
                  - path: /five
                    timeout: 20s
                    merge: envelope
                    fan_out:
                      - { name: a, upstream: all, path: /a }
                      - { name: b, upstream: all, path: /b }
                      - { name: c, upstream: all, path: /c }
                      - { name: slow, upstream: all, path: /slow }
                      - { name: dead, upstream: dead, path: / }
                """)
            async let answer = gateway.get("/five")
            try await waitUntil("the upstream saw all calls") {
                ["/a", "/b", "/c", "/slow"].allSatisfy { upstream.requests($0).count == 1 }
            }
            #expect(upstream.answered == 0)
            for path in ["/a", "/b", "/c"] { upstream.release(path) }
            let reply = try await answer
            #expect(reply.status == 200)
            #expect(reply.header("X-Gateway-Completed") == "false")
            #expect(reply.header("X-Gateway-Failed") == "dead;connect")
            let results = try #require(reply.json["results"] as? [String: [String: Any]])
            #expect(results.count == 5)
            #expect((results["a"]?["body"] as? [String: String]) == ["from": "/a"])
            #expect(results["slow"]?["status"] as? Int == 200)
            #expect(results["dead"]?["error"] as? String == "connect")
            let elapsed = try #require(reply.json["elapsed_ms"] as? Double)
            #expect(elapsed >= 1_990)
        }

        @Test("four slow calls together take less than their sum")
        func lessThanTheSum() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/slow", .delay(.seconds(3), then: .json("1")))
            let gateway = try await Gateway.start(
                """
                upstreams: { all: { servers: ["\(upstream.url)"] } }
                routes:
                  - path: /slow
                    timeout: 25s
                    merge: array
                    fan_out:
                      - { name: a, upstream: all, path: /slow }
                      - { name: b, upstream: all, path: /slow }
                      - { name: c, upstream: all, path: /slow }
                      - { name: d, upstream: all, path: /slow }
                """)
            let started = ContinuousClock.now
            let reply = try await gateway.get("/slow")
            #expect(reply.body == "[1,1,1,1]")
            #expect(ContinuousClock.now - started < .seconds(9))
        }
    }
}
