import Foundation
import Testing

extension RunningPrograms {
    /// Rate limits of routes, counted over all workers.
    @Suite(.serialized, .alone) struct RateLimitTests {
        private static func start(_ limit: String, workers: Int = 1, unixSocket: Bool = false) async throws -> Gateway {
            let upstream = try await TestUpstream.start()
            upstream.on("/a", .json("1"))
            return try await Gateway.start(
                """
                upstreams: { all: { servers: ["\(upstream.url)"] } }
                routes:
                  - { path: /a, rate_limit: \(limit), fan_out: [{ name: a, upstream: all, path: /a }] }
                  - { path: /free, fan_out: [{ name: a, upstream: all, path: /a }] }
                """, workers: workers, unixSocket: unixSocket)
        }

        /// What clients were answered.
        private struct Seen {
            var admitted = 0
            var refused = 0
            var last = ContinuousClock.now
            /// Answers by the tenth of a second that they came in.
            var tenths: [Int: Int] = [:]
            let first = ContinuousClock.now

            mutating func note(_ reply: HTTPReply) {
                switch reply.status {
                case 200: admitted += 1
                case 429: refused += 1
                default: Issue.record("status \(reply.status): \(reply.body)")
                }
                last = .now
                tenths[Int((last - first) / .milliseconds(100)), default: 0] += 1
            }
        }

        @Test("of more than a rate of 1000/s and its burst exactly so many pass through 4 workers")
        func exact() async throws {
            let burst = 200
            let gateway = try await Self.start("{ rate: 1000/s, burst: \(burst) }", workers: 4)
            let first = ContinuousClock.now
            let seen = try await withThrowingTaskGroup(of: Seen.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        var seen = Seen()
                        let client = try await gateway.connect()
                        // Many at once, for a round trip each would not be more than the rate on a busy machine.
                        let request = "GET /a HTTP/1.1\r\nHost: gateway.test\r\n\r\n"
                        while ContinuousClock.now - first < .seconds(2) {
                            try await client.send(String(repeating: request, count: 40))
                            for _ in 0..<40 { seen.note(try await client.reply()) }
                        }
                        return seen
                    }
                }
                return try await group.reduce(into: Seen()) {
                    $0.admitted += $1.admitted
                    $0.refused += $1.refused
                    $0.last = max($0.last, $1.last)
                    $0.tenths.merge($1.tenths, uniquingKeysWith: +)
                }
            }
            let most = burst + Int((seen.last - first) / .milliseconds(1))
            #expect(seen.admitted <= most, "\(seen)")
            // A busy machine does not offer more than the rate all the time: in each tenth of a second what was offered passed,
            // or the rate, or nearly that. The benchmark of policies holds it to within 1 %.
            let least = seen.tenths.values.reduce(0) { $0 + min($1, 100) }
            #expect(seen.admitted >= least * 9 / 10, "\(seen)")
            #expect(seen.refused > 0)
            let stats = try await gateway.stats()
            #expect(stats.totals.requests.rate_limited == seen.refused)
            #expect(stats.workers.count { $0.requests.rate_limited > 0 } > 1, "several workers decided")
            #expect(stats.upstreams["all"]?.calls_total == seen.admitted)
        }

        @Test("a refusal is a 429 that says when to come back, and other routes go on")
        func refusal() async throws {
            let gateway = try await Self.start("{ rate: 2/m }")
            #expect(try await gateway.get("/a").status == 200)
            let reply = try await gateway.get("/a", headers: [("X-Request-Id", "abc")])
            #expect(reply.status == 429)
            #expect(reply.header("content-type") == "application/problem+json")
            #expect(reply.header("x-request-id") == "abc")
            let wait = try #require(reply.header("retry-after").flatMap { Int($0) })
            #expect((1...30).contains(wait))
            #expect(reply.json["status"] as? Int == 429)
            #expect(reply.json["title"] as? String == "Too Many Requests")
            #expect(try await gateway.get("/free").status == 200)
        }

        @Test(
            "behind a unix socket and on loopback clients are told apart by X-Forwarded-For, and share a limit with none"
        )
        func clients() async throws {
            let gateway = try await Self.start("{ rate: 1/h, key: client }", workers: 2, unixSocket: true)
            let unix = try await RawClient.connect(path: gateway.socketPath)
            let tcp = try await gateway.connect()
            for (number, client) in [unix, tcp].enumerated() {
                func status(_ fields: [(String, String)]) async throws -> Int {
                    try await client.request("GET", "/a", headers: fields)
                    return try await client.reply().status
                }
                // The first to come uses up what 10.0.0.1 has on either way.
                #expect(try await status([("X-Forwarded-For", "9.9.9.9, 10.0.0.1")]) == (number == 0 ? 200 : 429))
                #expect(try await status([("X-Forwarded-For", "10.0.0.1")]) == 429)
                #expect(try await status([("X-Forwarded-For", "10.0.1.\(number)")]) == 200)
                #expect(try await status([]) == 200)
                #expect(try await status([]) == 429)
            }
        }

        @Test("a header's value has a limit of its own, and what was counted outlives a worker")
        func headers() async throws {
            let gateway = try await Self.start("{ rate: 1/h, burst: 2, key: header.X-Api-Key }")
            for key in ["a", "b"] {
                for _ in 0..<2 { #expect(try await gateway.get("/a", headers: [("x-api-key", key)]).status == 200) }
                #expect(try await gateway.get("/a", headers: [("x-api-key", key)]).status == 429)
            }
            let victim = try #require(try await gateway.stats().workers.first)
            #expect(kill(pid_t(victim.pid), SIGKILL) == 0)
            try await waitUntil("its successor was ready") {
                let worker = try await gateway.stats().workers.first
                return worker?.state == "ready" && worker?.pid != victim.pid
            }
            #expect(try await gateway.get("/a", headers: [("x-api-key", "a")]).status == 429)
            #expect(try await gateway.get("/a", headers: [("x-api-key", "c")]).status == 200)
        }
    }
}
