import Configuration
import Policy
import Testing

/// Reading of what is done about servers that fail.
@Suite struct ServerPolicyTests {
    private static func text(_ policies: String, servers: String = "[http://a, http://b]") -> String {
        """
        upstreams: { u: { servers: \(servers), \(policies) } }
        routes: [{ path: /, fan_out: [{ name: a, upstream: u, path: / }] }]
        """
    }

    @Test("all policies are read")
    func reads() throws {
        let upstream = try #require(
            loaded(
                Self.text(
                    """
                    balance: p2c, outlier: { failures: 3, eject: 1m, most_ejected: 34% },
                      health: { path: /up, interval: 1s, timeout: 200ms, rise: 1, fall: 9 },
                      circuit_breaker: { failures: 9, ratio: 40%, minimum_calls: 7, window: 1m, open: 2s },
                      retry: { attempts: 4, on: [reset, 429], backoff: 5ms, attempt_timeout: 1s, budget: 5% },
                      hedge: { after: p95, budget: 2% }, deadline_header: X-Left
                    """, servers: "[http://a, { url: 'http://b/base', weight: 3 }]"))?.upstreams.first)
        #expect(upstream.weights == [1, 3])
        #expect(upstream.servers.map(\.text) == ["http://a", "http://b/base"])
        #expect(upstream.settings.balance == .p2c)
        #expect(upstream.settings.outlier.failures == 3 && upstream.settings.outlier.mostEjected == 34)
        #expect(upstream.health?.path == "/up" && upstream.health?.fall == 9)
        #expect(upstream.settings.breaker?.ratio == 40 && upstream.settings.breaker?.open == .seconds(2))
        #expect(
            upstream.settings.attempts.retry?.failures == [.reset, .timeout]
                && upstream.settings.attempts.retry?.statuses == [429])
        #expect(
            upstream.settings.attempts.hedge
                == {
                    var hedge = HedgeSettings(after: .percentile(95)); hedge.budget = 2; return hedge
                }())
        #expect(upstream.settings.deadlineField == "X-Left")
    }

    @Test("a policy without settings has the defaults, and none is none")
    func defaults() throws {
        let upstream = try #require(loaded(Self.text("circuit_breaker: {}, retry: {}"))?.upstreams.first)
        #expect(
            upstream.settings.breaker == CircuitBreakerSettings() && upstream.settings.attempts.retry == RetrySettings()
        )
        let plain = try #require(loaded(Self.text("engine: auto"))?.upstreams.first)
        #expect(
            plain.settings.breaker == nil && plain.settings.attempts.retry == nil
                && plain.settings.attempts.hedge == nil && plain.health == nil)
    }

    @Test(
        "each mistake is told where it is",
        arguments: [
            ("balance: random", "round_robin, least_in_flight or p2c"),
            ("outlier: { most_ejected: 101% }", "from 0% to 100%"),
            ("outlier: { most_ejected: 50 }", "a percentage"),
            ("health: { interval: 1s }", "'path' is missing in 'health'"),
            ("health: { path: up }", "starts with '/'"), ("circuit_breaker: { ratio: 0% }", "from 1% to 100%"),
            ("retry: { on: [conect] }", "did you mean 'connect'?"),
            ("retry: { on: [200] }", "a status from 400 to 599"),
            ("retry: { attempts: 0 }", "'attempts' wants"), ("hedge: { budget: 5% }", "'after' is missing in 'hedge'"),
            ("hedge: { after: p100 }", "a percentile from p50 to p99"),
            ("hedge: { after: soon }", "a duration such as 50ms"),
            ("deadline_header: Host", "gatewayd's own"), ("deadline_header: 'a b'", "a name of letters"),
            ("retrys: 2", "did you mean 'retry'?"),
        ])
    func mistakes(policy: String, message: String) {
        let found = errors(Self.text(policy))
        #expect(found.count == 1 && found[0].contains(message) && found[0].hasPrefix("1:"), "\(found)")
    }

    @Test("a server is a URL, or one with its weight")
    func servers() {
        for (servers, message) in [
            ("[{ url: 'http://a', weight: 0 }]", "a number from 1 to 1000"),
            ("[{ weight: 2 }]", "'url' is missing in a server"),
            ("[{ url: 'http://a', wieght: 2 }]", "did you mean 'weight'?"), ("[[http://a]]", "a server wants a URL"),
        ] {
            let found = errors(Self.text("engine: auto", servers: servers))
            #expect(found.count == 1 && found[0].contains(message), "\(found)")
        }
    }

    @Test("a service stands alone, with all policies, and has no weight")
    func service() throws {
        let upstream = try #require(
            loaded(Self.text("balance: p2c", servers: "'srv+http://_a._tcp.b'"))?.upstreams.first)
        #expect(upstream.service?.host == "_a._tcp.b")
        #expect(try warnings(Self.text("balance: p2c, health: { path: / }", servers: "[srv+http://_a._tcp.b]")) == [])
        #expect(
            errors(Self.text("engine: auto", servers: "[http://a, srv+http://b]")) == [
                "1:39: 'srv+http://b' stands alone in 'servers': its records say which servers there are"
            ])
        let weighted = Self.text("engine: auto", servers: "[{ url: srv+http://b, weight: 2 }]")
        #expect(try warnings(weighted).map { $0.contains("'weight' has no meaning") } == [true])
        #expect(loaded(Self.text("engine: auto", servers: "[http://a]"))?.upstreams.first?.service == nil)
    }

    @Test("what has no effect is a warning")
    func warns() throws {
        #expect(try warnings(Self.text("balance: p2c", servers: "[http://a]")).count == 1)
        #expect(try warnings(Self.text("circuit_breaker: { window: 1s }")).count == 1)
    }
}
