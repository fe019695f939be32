import Base
import Configuration
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

    @Test("what a name was resolved to is judged as an address, and on every address those of this machine are refused")
    func reached() throws {
        let own = OwnEndpoint(host: "127.0.0.1", port: 9180)
        func isReached(_ own: OwnEndpoint, _ text: String, _ port: UInt16 = 9180) throws -> Bool {
            own.mayBeReached(at: try #require(IPAddress(text)), port: port) { "\($0)" == "10.0.0.1" }
        }
        for text in ["127.0.0.1", "0.0.0.0", "::ffff:127.0.0.1"] { #expect(try isReached(own, text), "\(text)") }
        #expect(try !isReached(own, "10.0.0.1") && !isReached(own, "127.0.0.1", 80))
        for host in ["0.0.0.0", "::", "admin.test"] {
            let everywhere = OwnEndpoint(host: host, port: 9180)
            for text in ["10.0.0.1", "::ffff:10.0.0.1", "0.0.0.0"] {
                #expect(try isReached(everywhere, text), "\(text)")
            }
            #expect(try !isReached(everywhere, "10.0.0.2"))
        }
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
