import Access
import Base
import Configuration
import FanOut
import HTTP
import Testing

private func route(_ keys: String, more: String = "") -> String {
    """
    \(more)
    upstreams: { u: { servers: [http://h] } }
    routes:
      - path: /old/app/*
        proxy: { upstream: u, \(keys) }
    """
}

private func proxy(_ keys: String) throws -> ProxyRoute? {
    let configuration = try #require(loaded(route(keys)))
    guard case .proxy(let proxy) = configuration.routes[0].action else { return nil }
    return proxy
}

@Test("A proxy has its defaults, and what the file says instead")
func readsProxy() throws {
    let plain = try #require(try proxy(""))
    #expect(plain.maxBody == .max && plain.host == .upstream && plain.webSocketIdle == nil)
    #expect(plain.responseTimeout == nil && plain.idle == .seconds(60) && plain.strippedSegments == 0)
    let keys = "strip_prefix: /old/app/, host: preserve, max_body: 64MiB, response_timeout: 5s, websocket: true"
    let full = try #require(try proxy(keys))
    #expect(full.strippedSegments == 2 && full.host == .preserve && full.maxBody == (64 << 20))
    #expect(full.responseTimeout == .seconds(5) && full.webSocketIdle == .seconds(3_600))
    #expect(try proxy("host: shop.example:8080")?.host == .name("shop.example:8080"))
    #expect(try proxy("strip_prefix: /old")?.strippedSegments == 1)
    let text =
        "proxy to u (without its first 2 segments, host as sent, response 5s, body 64MiB, websocket idle 1h)"
    #expect(try #require(loaded(route(keys))).summary.contains(text))
}

@Test(
    "A mistake in a proxy is one error that says where it is and what is wanted",
    arguments: [
        (
            "host: preserv",
            "5:33: 'host' wants upstream, preserve or a name such as shop.example; found 'preserv'; did you mean 'preserve'?"
        ),
        ("host: a/b", "5:33: 'host' wants upstream, preserve or a name such as shop.example; found 'a/b'"),
        ("max_body: 0", "5:37: 'max_body' wants a size from 1B to 16384GiB; found '0'"),
        ("websocket: maybe", "5:38: 'websocket' wants true or false; found 'maybe'"),
        ("strip_prefx: /old", "5:27: unknown key 'strip_prefx' in 'proxy'; did you mean 'strip_prefix'?"),
        (
            "strip_prefix: /app",
            "5:41: 'strip_prefix' wants what the route's path '/old/app/*' begins with, up to a slash; found '/app'"
        ),
        (
            "strip_prefix: /ol",
            "5:41: 'strip_prefix' wants what the route's path '/old/app/*' begins with, up to a slash; found '/ol'"
        ),
        (
            "strip_prefix: /old, path: /b",
            "5:47: 'path' says all of the path already, so there is nothing to strip"
        ),
    ])
func refusesProxy(keys: String, message: String) {
    #expect(errors(route(keys)) == [message])
}

@Test("What of a proxy has no effect is a warning")
func warnsOfProxy() throws {
    #expect(
        try warnings(route("websocket_idle: 5m")) == [
            "5:27: 'websocket_idle' has a meaning only with 'websocket: true'"
        ])
}

@Test("Trusted proxies are those on this machine, unless the file names others or none")
func readsTrustedProxies() throws {
    func trusted(_ line: String) throws -> TrustedProxies { try #require(loaded(route("", more: line))).trustedProxies }
    #expect(try trusted("") == .local)
    #expect(try trusted("trusted_proxies: [unix, 127.0.0.0/8, \"::1\"]") == .local)
    #expect(try trusted("trusted_proxies: []") == TrustedProxies(AddressGroup()))
    let some = try trusted("trusted_proxies: [10.0.0.0/8]")
    #expect(some.trust(peer: "10.1.1.1:80") && !some.trust(peer: "127.0.0.1:80") && !some.trust(peer: "unix:"))
    #expect(
        errors(route("", more: "trusted_proxies: [10.0.0.1/8]")) == [
            "1:19: 'trusted_proxies' wants an address such as 10.0.0.1, a block such as 10.0.0.0/8, or unix; found '10.0.0.1/8'"
        ])
    let summary = try #require(loaded(route("", more: "trusted_proxies: [unix, 10.0.0.0/8]"))).summary
    #expect(summary.contains("trusted    10.0.0.0/8 unix\n"))
}
