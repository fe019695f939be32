import Configuration
import FanOut
import HTTP
import Policy
import Testing

/// A file with one upstream `u` of these keys, and a route that calls it.
private func file(_ keys: String, call: String = "") -> String {
    "upstreams: { u: { \(keys) } }\nroutes: [{ path: /, fan_out: [{ name: a, upstream: u, path: /\(call) }] }]"
}

@Test("An upstream with servers only has the defaults")
func hasUpstreamDefaults() throws {
    let upstream = try #require(loaded(file("servers: [http://h]"))?.upstreams.first)
    #expect(upstream.settings.engine == .auto)
    #expect(upstream.settings.admission.maxInFlight == nil)
    #expect(upstream.settings.admission.maxQueue == 1_000)
    #expect(upstream.settings.keepalive == UpstreamSettings().keepalive)
    #expect(upstream.settings.keepalive.idle == .seconds(60))
    #expect(upstream.settings.keepalive.connections == 16_384)
    #expect(upstream.settings.tls == TLSSettings())
    #expect(!upstream.settings.asksForCompression)
}

@Test("Every key of an upstream reaches its value")
func readsUpstream() throws {
    let text = file(
        "servers: https://h, engine: libcurl, max_in_flight: 7, max_queue: 0, keepalive: { idle: 5s, connections: 0 }, "
            + "compression: true")
    #expect(try warnings(text) == [])
    let upstream = try #require(loaded(text)?.upstreams.first)
    #expect(upstream.servers.map(\.text) == ["https://h"])
    #expect(upstream.settings.engine == .libcurl)
    #expect(upstream.settings.admission.maxInFlight == 7)
    #expect(upstream.settings.admission.maxQueue == 0)
    #expect(upstream.settings.keepalive.idle == .seconds(5))
    #expect(upstream.settings.keepalive.connections == 0)
    #expect(upstream.settings.asksForCompression)
}

@Test("Names and calls in flight have settings of their own")
func readsNames() throws {
    let configuration = try #require(
        loaded("names: { age: 1m, timeout: 2s }\nlimits: { in_flight: 9 }\n" + someRoutes))
    #expect(configuration.names.age == .seconds(60))
    #expect(configuration.names.timeout == .seconds(2))
    #expect(configuration.limits.inFlight == 9)
    let standard = try #require(loaded(someRoutes))
    #expect(standard.names == NameSettings())
    #expect(standard.names.age == .seconds(10))
    #expect(standard.names.timeout == .seconds(5))
    #expect(standard.limits.inFlight == 16_384)
}

@Test(
    "The statuses that a call expects are one, a range or a list of both",
    arguments: [
        ("", StatusSet.successful), (", expect_status: 200", StatusSet([200...200])),
        (", expect_status: [200, 404]", StatusSet([200...200, 404...404])),
        (", expect_status: \"200-299\"", StatusSet.successful), (", expect_status: 304-304", StatusSet([304...304])),
        (", expect_status: [200-204, 404]", StatusSet([200...204, 404...404])),
    ])
func readsExpectedStatus(key: String, statuses: StatusSet) throws {
    let configuration = try #require(loaded(file("servers: http://h", call: key)))
    #expect(firstFanOut(of: configuration)?.calls.first?.accepted.statuses == statuses)
}

@Test("A call may have a limit for its body")
func readsMaxBody() {
    func limit(_ call: String) -> Int? {
        loaded(file("servers: http://h", call: call)).flatMap { firstFanOut(of: $0)?.calls.first?.accepted.maxBody }
    }
    #expect(limit("") == nil)
    #expect(limit(", max_body: 3KiB") == 3_072)
}

@Test(
    "A mistake in an upstream or a call is one error that says what is wanted, at its place",
    arguments: [
        ("servers: http://h, engine: curl", "", "1:46: 'engine' wants auto or libcurl; found 'curl'"),
        ("servers: http://h, max_in_flight: 0", "", "1:53: 'max_in_flight' wants a number from 1 to 100000; found '0'"),
        ("servers: http://h, max_queue: 100001", "", "1:49: 'max_queue' wants a number from 0 to 100000"),
        ("servers: http://h, keepalive: 60s", "", "1:49: 'keepalive' wants a mapping"),
        (
            "servers: http://h, keepalive: { idel: 60s }", "",
            "1:51: unknown key 'idel' in 'keepalive'; did you mean 'idle'?"
        ),
        ("servers: http://h, keepalive: { idle: 0s }", "", "1:57: 'idle' wants a duration longer than zero"),
        ("servers: http://h, keepalive: { connections: -1 }", "", "a number from 0 to 100000"),
        ("servers: https://h, tls: { ca: ca.pem }", "", "1:50: 'ca' wants the absolute path of a file; found 'ca.pem'"),
        ("servers: https://h, tls: { ca: /etc/ }", "", "the absolute path of a file"),
        ("servers: https://h, tls: { cert: /x }", "", "known keys are ca, client_certificate"),
        ("servers: http://h, compression: gzip", "", "'compression' wants true or false"),
        ("servers: http://h, max_inflight: 3", "", "did you mean 'max_in_flight'?"),
        ("server: http://h", "", "did you mean 'servers'?"),
        (
            "servers: http://h", ", expect_status: ok",
            "'expect_status' wants a status such as 200, a range such as 200-299"
        ),
        ("servers: http://h", ", expect_status: 199", "from 200 to 599; found '199'"),
        ("servers: http://h", ", expect_status: 600", "from 200 to 599; found '600'"),
        ("servers: http://h", ", expect_status: 299-200", "found '299-200'"),
        ("servers: http://h", ", expect_status: 200-", "found '200-'"),
        ("servers: http://h", ", expect_status: 200-210-220", "found '200-210-220'"),
        ("servers: http://h", ", expect_status: [200, 2xx]", "found '2xx'"),
        ("servers: http://h", ", expect_status: []", "at least one of its statuses"),
        ("servers: http://h", ", expect_statuses: 200", "did you mean 'expect_status'?"),
        ("servers: http://h", ", max_body: 2GiB", "'max_body' wants a size from 1B to 1GiB"),
    ])
func refusesUpstream(keys: String, call: String, wanted: String) {
    let found = errors(file(keys, call: call))
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.contains(wanted) == true, "\(found)")
}

@Test(
    "A mistake in names, limits or a batch is one error that says what is wanted",
    arguments: [
        ("names: { age: never }", "'age' wants a duration"), ("names: { timeout: 0s }", "longer than zero"),
        ("names: { ttl: 1s }", "known keys are age, timeout"), ("names: [1]", "'names' wants a mapping"),
        ("limits: { in_flight: 0 }", "a number from 1 to 100000"),
    ])
func refusesNames(line: String, wanted: String) {
    let found = errors(line + "\n" + someRoutes)
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.contains(wanted) == true, "\(found)")
}

@Test("Keys that have no effect are warned of")
func warnsOfUpstream() throws {
    #expect(
        try warnings(file("servers: http://a, max_queue: 3")) == [
            "1:38: 'max_queue' has a meaning only beside 'max_in_flight'"
        ])
}

@Test("A batch has checked patterns, and no private addresses unless it says so")
func readsBatchPatterns() throws {
    func batch(_ keys: String) -> BatchRoute? {
        guard case .batch(let batch) = loaded("routes: [{ path: /, batch: { \(keys) } }]")?.routes.first?.action else {
            return nil
        }
        return batch
    }
    let standard = try #require(batch("allow: ['http://127.0.0.1:*', 'https://*.example.com/a/*']"))
    #expect(standard.allow.map(\.description) == ["http://127.0.0.1:*", "https://*.example.com/a/*"])
    #expect(!standard.allowsPrivate)
    #expect(batch("allow: ['http://*'], private: true")?.allowsPrivate == true)
    #expect(
        errors("routes: [{ path: /, batch: { allow: ['http://127.1'] } }]") == [
            "1:39: 'allow' wants a pattern that starts with http:// or https://, such as http://127.0.0.1:*; "
                + "found 'http://127.1'; '127.1' is no IPv4 address: four decimal numbers, without leading zeros"
        ])
}

@Test("The summary says what differs from the defaults, and nothing of what does not")
func summarizesSettings() throws {
    let plain = try #require(loaded(file("servers: http://h"))).summary
    #expect(plain.contains("\n  u: http://h\n"))
    #expect(!plain.contains("names ") && !plain.contains("in flight"))
    let text = file(
        "servers: https://h, engine: libcurl, max_in_flight: 7, max_queue: 0, keepalive: { idle: 5s, connections: 0 }, "
            + "compression: true", call: ", expect_status: [200, 404], max_body: 3KiB")
    let summary = try #require(loaded("names: { age: 1m }\nlimits: { in_flight: 9 }\n" + text)).summary
    #expect(
        summary.contains(
            "\n  u: https://h (engine libcurl, at most 7 in flight and 0 waiting, keepalive idle 5s, "
                + "keepalive connections 0, compression)\n"))
    #expect(summary.contains("\nin flight  at most 9 calls per worker\nnames      age 1m, timeout 5s\n"))
    #expect(summary.hasSuffix("    a: u / (expects 200, 404, max_body 3KiB)"))
}

@Test("An upstream has a time of its own for connections, shown where it is set")
func readsConnectTimeout() throws {
    func upstream(_ keys: String) throws -> Configuration {
        try #require(loaded("upstreams: { u: { servers: [http://h] \(keys) } }\n" + someRoutes))
    }
    #expect(try upstream("").upstreams[0].settings.connectTimeout == nil)
    let own = try upstream(", connect_timeout: 300ms")
    #expect(own.upstreams[0].settings.connectTimeout == .milliseconds(300))
    #expect(own.summary.contains("u: http://h (connect timeout 300ms)"))
}
