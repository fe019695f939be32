import Configuration
import FanOut
import Testing

@Suite struct OwnEndpointTests {
    @Test(
        "a URL leads to the admin endpoint when its host is one of that's names and the port is the same",
        arguments: [
            ("127.0.0.1", "127.0.0.1", true), ("127.0.0.1", "localhost", true), ("127.0.0.1", "0.0.0.0", true),
            ("127.0.0.1", "::ffff:127.0.0.1", true), ("127.0.0.1", "127.0.0.2", false), ("::1", "::", true),
            ("::1", "127.0.0.1", false), ("0.0.0.0", "127.0.0.9", true), ("0.0.0.0", "10.0.0.1", false),
            ("10.0.0.1", "10.0.0.1", true), ("10.0.0.1", "0.0.0.0", false), ("admin.test", "ADMIN.test", true),
        ])
    func named(admin: String, host: String, isNamed: Bool) {
        let own = OwnEndpoint(host: admin, port: 9180)
        #expect(own.isNamed(host: host, port: 9180) == isNamed)
        #expect(!own.isNamed(host: host, port: 9181))
        #expect(!OwnEndpoint(host: admin, port: 0).isNamed(host: host, port: 0))
    }

    @Test("what a name was resolved to is judged as an address, and on every address it is refused")
    func reached() throws {
        let own = OwnEndpoint(host: "127.0.0.1", port: 9180)
        for text in ["127.0.0.1", "0.0.0.0", "::ffff:127.0.0.1"] {
            #expect(own.mayBeReached(at: try #require(IPAddress(text)), port: 9180), "\(text)")
        }
        let other = try #require(IPAddress("10.0.0.1"))
        #expect(!own.mayBeReached(at: other, port: 9180) && !own.mayBeReached(at: .v4(0x7F00_0001), port: 80))
        #expect(OwnEndpoint(host: "0.0.0.0", port: 9180).mayBeReached(at: other, port: 9180))
    }
}

@Suite struct AdminAsUpstreamTests {
    @Test(
        "neither an upstream nor the URL of a call leads to the admin endpoint",
        arguments: [
            "upstreams: { u: { servers: ['http://127.0.0.1:9180'] } }, routes: [{ path: /, respond: {} }]",
            "upstreams: { u: { servers: [{ url: 'http://localhost:9180' }] } }, routes: [{ path: /, respond: {} }]",
            "upstreams: { u: { servers: 'http://0.0.0.0:9180/stats' } }, routes: [{ path: /, respond: {} }]",
            "routes: [{ path: /, fan_out: [{ name: a, url: 'http://127.0.0.1:9180/stats' }] }]",
        ])
    func refused(text: String) {
        let found = errors("{ \(text) }")
        #expect(found.count == 1 && found[0].contains("is gatewayd's own 'admin'"), "\(found)")
        #expect(errors("{ admin: 127.0.0.1:9181, \(text) }") == [])
        #expect(errors("{ admin: 127.0.0.1:0, \(text) }") == [])
    }
}
