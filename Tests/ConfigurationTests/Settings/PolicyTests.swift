import Access
import Configuration
import FanOut
import Testing

private func routes(_ limit: String) -> String {
    """
    routes:
      - path: /
        rate_limit: \(limit)
        fan_out: [{ name: a, url: "http://127.0.0.1:1/" }]
    """
}

@Test("A rate limit is read with its defaults, and shown")
func readsRateLimit() throws {
    let full = try #require(loaded(routes("{ rate: 100/s, burst: 200, key: client }")))
    let limit = try #require(full.routes[0].rateLimit)
    #expect(limit.rate == RateLimit.Rate(100, per: .second) && limit.burst == 200 && limit.key == .client)
    #expect(full.summary.contains("  GET / (timeout 2s, rate_limit 100/s burst 200 key client, merge group)\n"))
    let short = try #require(loaded(routes("{ rate: 600/m }"))?.routes[0].rateLimit)
    #expect(short.burst == 10 && short.key == .route)
    let header = try #require(loaded(routes("{ rate: 7/h, key: header.X-Api-Key }"))?.routes[0].rateLimit)
    #expect(header.burst == 1 && header.key == .header("X-Api-Key") && header.key.text == "header.X-Api-Key")
    #expect(loaded(someRoutes)?.routes[0].rateLimit == nil)
}

@Test("Every kind of route takes a rate limit")
func limitsAnyRoute() {
    let configuration = loaded(
        """
        upstreams: { u: { servers: [http://h] } }
        routes:
          - { path: /a, rate_limit: { rate: 1/s }, proxy: { upstream: u } }
          - { path: /b, rate_limit: { rate: 1/s }, batch: { allow: ["http://h/"] } }
        """)
    #expect(configuration?.routes.map { $0.rateLimit != nil } == [true, true])
}

@Test(
    "A mistake in a rate limit is one error that says where it is and what is wanted",
    arguments: [
        ("{}", "3:17: 'rate' is missing in 'rate_limit'; it wants a rate such as 100/s, 600/m or 1000/h"),
        ("3", "3:17: 'rate_limit' wants a mapping (key: value); found '3'"),
        ("{ rate: 100 }", "3:25: 'rate' wants a rate such as 100/s, 600/m or 1000/h; found '100'"),
        ("{ rate: 100/d }", "3:25: 'rate' wants a rate such as 100/s, 600/m or 1000/h; found '100/d'"),
        ("{ rate: -1/s }", "3:25: 'rate' wants a rate such as 100/s, 600/m or 1000/h; found '-1/s'"),
        ("{ rate: 1.5/s }", "3:25: 'rate' wants a rate such as 100/s, 600/m or 1000/h; found '1.5/s'"),
        ("{ rate: 0/s }", "3:25: 'rate' wants a rate from 1/h to 1000000/s; found '0/s'"),
        ("{ rate: 1000001/s }", "3:25: 'rate' wants a rate from 1/h to 1000000/s; found '1000001/s'"),
        (
            "{ rate: 99999999999999999999/s }",
            "3:25: 'rate' wants a rate from 1/h to 1000000/s; found '99999999999999999999/s'"
        ),
        ("{ rate: 1/s, burst: 0 }", "3:37: 'burst' wants a number from 1 to 86400; found '0'"),
        ("{ rate: 1/h, burst: 25 }", "3:37: 'burst' wants a number from 1 to 24; found '25'"),
        ("{ rate: 1, burst: 1000001 }", "3:35: 'burst' wants a number from 1 to 1000000; found '1000001'"),
        (
            "{ rate: 1/s, key: clint }",
            "3:35: 'key' wants route, client, api_key or header.NAME, such as header.X-Tenant; found 'clint'; did you mean 'client'?"
        ),
        (
            "{ rate: 1/s, key: 'header.a b' }",
            "3:36: 'key' wants route, client, api_key or header.NAME, such as header.X-Tenant; found 'header.a b'; "
                + "a field has a name of letters, digits, '-', '_' and '.'"
        ),
        ("{ rate: 1/s, brust: 5 }", "3:30: unknown key 'brust' in 'rate_limit'; did you mean 'burst'?"),
    ])
func refusesRateLimit(limit: String, error: String) {
    #expect(errors(routes(limit)).contains(error), "\(errors(routes(limit)))")
    // A rate that cannot be read is an error of its own beside that of the burst.
    #expect(errors(routes(limit)).count == (limit.contains("1000001 }") ? 2 : 1))
}

@Test("A misspelt rate_limit is told its name")
func forgivesRateLimit() {
    #expect(
        errors("routes:\n- { path: /, rate_limt: { rate: 1/s }, fan_out: [{ name: a, url: 'http://h/' }] }")
            == ["2:14: unknown key 'rate_limt' in a route; did you mean 'rate_limit'?"])
}
