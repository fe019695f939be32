import Base
import FanOut
import HTTP
import Testing

@Suite struct BatchRouteTests {
    private static func route(_ patterns: [String], allowsPrivate: Bool = false) throws -> BatchRoute {
        BatchRoute(
            allow: try patterns.map { text throws(URLError) in try URLPattern(text) }, max: 1, timeout: .seconds(1),
            allowsPrivate: allowsPrivate)
    }

    @Test(
        "a pattern matches URLs part by part",
        arguments: [
            ("http://127.0.0.1:*", "http://127.0.0.1/"), ("http://127.0.0.1:*", "http://127.0.0.1:9001/a?b"),
            ("http://h", "http://h/any/path?q"), ("http://h", "HTTP://H:80/"), ("http://*", "http://any.example/"),
            ("http://*", "http://127.0.0.1/"), ("https://*:*", "https://h:1/"), ("http://*:81/", "http://h:81/"),
            ("https://*.example.com", "https://a.example.com/"), ("https://*.example.com", "https://a.b.example.com/"),
            ("http://[::1]:*", "http://[0::1]:9/"), ("http://h/a*", "http://h/a"), ("http://h/a*", "http://h/a/b/c"),
            ("http://h/*/c*d", "http://h/a/b/cxcxd"), ("http://h/**", "http://h/"),
            ("http://h/*.json", "http://h/a/b.json?x"),
        ])
    func matches(pattern: String, url: String) throws {
        #expect(try URLPattern(pattern).matches(HTTPURL(url)))
        #expect(try URLPattern(pattern).description == pattern)
    }

    @Test(
        "a pattern matches nothing else",
        arguments: [
            ("http://127.0.0.1:*", "https://127.0.0.1/"), ("http://127.0.0.1:*", "http://127.0.0.1.evil.example/"),
            ("http://127.0.0.1:*", "http://127.0.0.2/"), ("http://127.0.0.1:*", "http://[::ffff:127.0.0.1]/"),
            ("http://127.0.0.1:*", "http://evil.example/http://127.0.0.1:80/"), ("http://h", "http://h:81/"),
            ("https://*.example.com", "https://example.com/"), ("https://*.example.com", "https://evilexample.com/"),
            ("https://*.example.com", "https://example.com.evil.example/"), ("http://*", "http://h:81/"),
            ("http://h/a/*", "http://h/a"), ("http://h/a/*", "http://h/a/../b"),
            ("http://h/a/*", "http://h/a/%2e%2E/b"),
            ("http://h/a", "http://h/a/"), ("http://h/a", "http://h/A"), ("http://h/", "http://h/x"),
            ("http://h/*.json", "http://h/a.jsonx"), ("http://h/*a", "http://h/b?a"),
        ])
    func refuses(pattern: String, url: String) throws {
        #expect(try !URLPattern(pattern).matches(HTTPURL(url)))
    }

    @Test(
        "what cannot be a pattern is refused",
        arguments: [
            "*", "http://", "ftp://h", "*://h", "http://a*", "http://*a", "http://a.*.b", "http://**", "http://*.*",
            "http://*.1", "http://127.0.0.*", "http://[::*]", "http://*.", "http://*..a", "http://h:8*", "http://h:*:*",
            "http://:*", "http://u@h", "http://h?x", "http://h/#x", "http://h/a b", "http://h/ü",
        ])
    func refusesPattern(text: String) {
        #expect(throws: URLError.self) { try URLPattern(text) }
    }

    @Test("a star in a path costs no more than the product of the lengths")
    func globIsBounded() throws {
        let pattern = try URLPattern("http://h/" + String(repeating: "a*", count: 200) + "b")
        #expect(try !pattern.matches(HTTPURL("http://h/" + String(repeating: "a", count: 4_000))))
    }

    @Test("a route allows what one of its patterns matches")
    func allows() throws {
        let route = try Self.route(["http://a", "http://b"])
        #expect(try route.allows(HTTPURL("http://b/")))
        #expect(try !route.allows(HTTPURL("http://c/")))
        #expect(try !Self.route([]).allows(HTTPURL("http://c/")))
    }

    @Test(
        "a special address is connected to where private ones are allowed, or a pattern allows the URL with it as host",
        arguments: [
            ("http://h/", "93.184.215.14", ["http://*"], false, true),
            ("http://h/", "10.0.0.1", ["http://*"], false, false),
            ("http://h/", "10.0.0.1", ["http://*"], true, true),
            ("http://127.0.0.1/", "127.0.0.1", ["http://*"], false, false),
            ("http://127.0.0.1:9/", "127.0.0.1", ["http://127.0.0.1:*"], false, true),
            ("http://h:9/", "127.0.0.1", ["http://*:*", "http://127.0.0.1:*"], false, true),
            ("http://h:9/", "127.0.0.1", ["http://*:*", "http://127.0.0.1:8"], false, false),
            ("http://h/b", "127.0.0.1", ["http://*", "http://127.0.0.1/a"], false, false),
            ("http://h/", "127.0.0.2", ["http://*", "http://127.0.0.1:*"], false, false),
            ("http://h/", "::ffff:127.0.0.1", ["http://*", "http://127.0.0.1:*"], false, false),
            ("http://localhost/", "127.0.0.1", ["http://localhost"], false, false),
            ("http://[::1]/", "::1", ["http://[::1]"], false, true),
        ] as [(String, String, [String], Bool, Bool)])
    func allowsAddress(
        url: String, address: String, patterns: [String], allowsPrivate: Bool, isAllowed: Bool
    ) throws {
        let route = try Self.route(patterns, allowsPrivate: allowsPrivate)
        let address = try #require(IPAddress(address))
        #expect(try route.allows(address, for: HTTPURL(url)) == isAllowed)
    }
}
