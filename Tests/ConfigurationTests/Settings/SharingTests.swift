import Configuration
import HTTP
import Policy
import Testing

/// Reading of what equal calls share.
@Suite struct SharingTests {
    private static func text(_ keys: String) -> String {
        """
        upstreams: { u: { servers: http://h, \(keys) } }
        routes: [{ path: /, fan_out: [{ name: a, upstream: u, path: / }] }]
        """
    }

    @Test("every key reaches its value, and the summary says so")
    func reads() throws {
        let configuration = try #require(
            loaded(
                Self.text(
                    "coalesce: true, "
                        + "cache: { ttl: 5s, stale_if_error: 1m, stale_while_revalidate: 2s, max_bytes: 64MiB }")))
        let upstream = try #require(configuration.upstreams.first)
        #expect(upstream.settings.sharing.coalesces)
        #expect(upstream.settings.sharing.cache?.ttl == .seconds(5))
        #expect(upstream.settings.sharing.cache?.staleIfError == .seconds(60))
        #expect(upstream.settings.sharing.cache?.staleWhileRevalidate == .seconds(2))
        #expect(upstream.settings.sharing.cache?.maxBytes == (64 << 20))
        #expect(
            configuration.summary.contains(
                "(coalesces, cache of 64MiB: ttl 5s, stale if error 1m, stale while revalidate 2s)"))
    }

    @Test("nothing is shared unless it says so, and a cache without settings keeps what answers allow themselves")
    func defaults() throws {
        let plain = try #require(loaded(Self.text("engine: auto"))?.upstreams.first)
        #expect(!plain.settings.sharing.coalesces && plain.settings.sharing.cache == nil)
        for keys in ["cache: {}", "cache: "] {
            let configuration = try #require(loaded(Self.text(keys)))
            #expect(configuration.upstreams.first?.settings.sharing.cache == CacheSettings())
            #expect(configuration.summary.contains("(cache of 32MiB: no ttl of its own)"))
        }
    }

    @Test(
        "each mistake is told where it is",
        arguments: [
            ("coalesce: yes", "1:48: 'coalesce' wants true or false; found 'yes'"),
            ("coalesced: true", "1:38: unknown key 'coalesced' in the upstream 'u'; did you mean 'coalesce'?"),
            ("cache: true", "1:45: 'cache' wants a mapping"),
            ("cache: { ttl: 0s }", "1:52: 'ttl' wants a duration longer than zero"),
            ("cache: { ttl: 5 }", "1:52: 'ttl' wants a duration such as"),
            ("cache: { stale_if_errors: 5s }", "1:47: unknown key 'stale_if_errors' in 'cache'"),
            ("cache: { stale_while_revalidate: long }", "1:71: 'stale_while_revalidate' wants a duration"),
            ("cache: { max_bytes: 17GiB }", "1:58: 'max_bytes' wants a size from 1B to 16GiB"),
        ])
    func mistakes(keys: String, message: String) {
        let found = errors(Self.text(keys))
        #expect(found.count == 1 && found[0].hasPrefix(message), "\(found)")
    }
}
