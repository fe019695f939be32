import Access
import Base
import HTTP
import Testing

/// Whose word counts on where a request comes from.
@Suite struct TrustedProxiesTests {
    private static func client(_ peer: String, _ forwarded: [String], trusting blocks: [String]) -> String? {
        let trusted = TrustedProxies(AddressGroup(blocks: blocks.compactMap { AddressBlock($0) }, includesUnix: true))
        var fields = HeaderFields()
        for value in forwarded { fields.append("X-Forwarded-For", value) }
        let request = Request(
            method: "GET", target: "/", fields: fields, body: [],
            peer: Request.Peer(peer, isTrustedProxy: trusted.trust(peer: peer)), received: MonotonicTime(nanoseconds: 0)
        )
        return trusted.forwardedClient(of: request)
    }

    @Test(
        "the client is the right-most address that is not trusted",
        arguments: [
            ("10.0.0.1:5", ["6.6.6.6, 1.2.3.4"], "1.2.3.4"), ("10.0.0.1:5", ["6.6.6.6, 1.2.3.4, 10.9.9.9"], "1.2.3.4"),
            ("10.0.0.1:5", ["6.6.6.6", "1.2.3.4", "10.9.9.9"], "1.2.3.4"),
            ("[fd00::7]:5", ["2001:db8::1"], "2001:db8::1"),
            ("[::ffff:10.0.0.1]:5", ["[2001:db8::1]:80, 10.0.0.2:443"], "2001:db8::1"),
            ("10.0.0.1:5", ["10.0.0.9, 10.0.0.8"], "10.0.0.9"), ("unix:", ["1.2.3.4"], "1.2.3.4"),
        ] as [(String, [String], String)])
    func rightMost(peer: String, forwarded: [String], client: String) {
        #expect(Self.client(peer, forwarded, trusting: ["10.0.0.0/8", "fd00::/8"]) == client)
    }

    @Test("what cannot be read ends the chain, and from elsewhere nothing is believed")
    func unreadable() {
        #expect(Self.client("10.0.0.1:5", ["1.2.3.4, unknown, 10.0.0.2"], trusting: ["10.0.0.0/8"]) == "10.0.0.2")
        #expect(Self.client("10.0.0.1:5", ["1.2.3.4, unknown"], trusting: ["10.0.0.0/8"]) == nil)
        #expect(Self.client("10.0.0.1:5", [], trusting: ["10.0.0.0/8"]) == nil)
        #expect(Self.client("11.0.0.1:5", ["1.2.3.4"], trusting: ["10.0.0.0/8"]) == nil)
    }

    @Test(
        "a block has the addresses that share its bits",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false), ("0.0.0.0/0", "1.2.3.4", true),
            ("1.2.3.4", "1.2.3.4", true), ("1.2.3.4", "1.2.3.5", false), ("2001:db8::/33", "2001:db8:7fff::1", true),
            ("2001:db8::/33", "2001:db8:8000::1", false), ("::1", "::1", true), ("::1", "::2", false),
            ("::/0", "ffff::", true), ("::/0", "1.2.3.4", false), ("fe80::8000:0:0:0/65", "fe80::8000:0:0:7", true),
        ])
    func blocks(block: String, address: String, isIn: Bool) throws {
        #expect(try #require(AddressBlock(block)).contains(try #require(IPAddress(address))) == isIn)
    }

    @Test(
        "what is no block is refused, also one with bits behind its prefix",
        arguments: [
            "", "10", "10.0.0.0/33", "10.0.0.0/", "10.0.0.1/8", "::1/129", "2001:db8::1/32", "a/8", "10.0.0.0/-1",
        ])
    func refused(text: String) {
        #expect(AddressBlock(text) == nil)
    }
}
