import Access
import Base
import HTTP
import Testing

/// By what a request's bucket is told apart.
@Suite struct RateLimitKeyTests {
    private static func request(from client: String, _ fields: [(String, String)] = []) -> Request {
        var all = HeaderFields()
        for (name, value) in fields { all.append(name, value) }
        return Request(
            method: "GET", target: "/", fields: all, body: [],
            peer: Request.Peer(client, isTrustedProxy: TrustedProxies.local.trust(peer: client)),
            received: MonotonicTime(nanoseconds: 0))
    }

    @Test(
        "A client is the peer's address without its port",
        arguments: [
            ("10.0.0.1:4711", "10.0.0.1"), ("[2001:db8::1]:80", "2001:db8::1"), ("127.0.0.1:1", "127.0.0.1"),
            ("unix:", "unix"), ("[::ffff:10.0.0.1]:9", "::ffff:10.0.0.1"),
        ])
    func isThePeer(peer: String, text: String) {
        #expect(RateLimit.Key.client.text(of: Self.request(from: peer), .local) == text)
    }

    @Test(
        "Behind a proxy on this machine it is whom that one added to X-Forwarded-For, in the last place of all",
        arguments: ["unix:", "127.0.0.1:5", "127.9.9.9:5", "[::1]:5", "[::ffff:127.0.0.1]:5"])
    func isForwarded(peer: String) {
        func client(_ values: String...) -> String {
            RateLimit.Key.client.text(of: Self.request(from: peer, values.map { ("x-Forwarded-FOR", $0) }), .local)
        }
        #expect(client("10.0.0.1") == "10.0.0.1")
        #expect(client("1.1.1.1, 2.2.2.2,\t10.0.0.1") == "10.0.0.1")
        #expect(client("1.1.1.1", "2001:db8::1") == "2001:db8::1")
        #expect(client("") == client())
        #expect(client("10.0.0.1, ") == client())
    }

    @Test("From elsewhere X-Forwarded-For says nothing", arguments: ["10.0.0.1:5", "[::2]:5", "[2001:db8::1]:5"])
    func isNoLie(peer: String) {
        let plain = RateLimit.Key.client.text(of: Self.request(from: peer), .local)
        #expect(
            RateLimit.Key.client.text(of: Self.request(from: peer, [("X-Forwarded-For", "9.9.9.9")]), .local) == plain)
    }

    @Test("A header's first value counts, whatever the case of its name, and none is as good as an empty one")
    func isAHeader() {
        let key = RateLimit.Key.header("X-Api-Key")
        #expect(key.text(of: Self.request(from: "unix:", [("x-api-key", "a"), ("X-API-KEY", "b")]), .local) == "a")
        #expect(key.text(of: Self.request(from: "unix:"), .local).isEmpty)
        #expect(RateLimit.Key.route.text(of: Self.request(from: "10.0.0.1:1"), .local).isEmpty)
    }
}
