import Base
import HTTP
import TestSupport
import Testing

@Suite struct HTTPURLTests {
    @Test(
        "a URL has one normal form",
        arguments: [
            ("http://h", "http://h/"), ("HTTP://H:80/A?b#c", "http://h/A?b"), ("https://h:443", "https://h/"),
            ("https://h:80/", "https://h:80/"), ("http://h:0080/", "http://h/"), ("http://h?q=1", "http://h/?q=1"),
            ("http://h#x", "http://h/"), ("http://127.0.0.1:9001/a", "http://127.0.0.1:9001/a"),
            ("http://[0:0::1]:80/", "http://[::1]/"), ("http://[::FFFF:7f00:1]/", "http://[::ffff:127.0.0.1]/"),
            ("http://a_b.x-y.example/", "http://a_b.x-y.example/"), ("http://h/a/./b/../c", "http://h/a/c"),
            ("http://h/a/%2E%2e/c", "http://h/c"), ("http://h/../../x", "http://h/x"), ("http://h/a/..", "http://h/"),
            ("http://h/a/b/.", "http://h/a/b/"), ("http://h//a//b", "http://h//a//b"),
            ("http://h/?u=http://x/../y", "http://h/?u=http://x/../y"), ("http://h/a%2Fb", "http://h/a%2Fb"),
            ("http://xn--bcher-kva.example/", "http://xn--bcher-kva.example/"),
        ])
    func normal(text: String, form: String) throws {
        let url = try HTTPURL(text)
        #expect(url.text == form)
        #expect(try HTTPURL(form) == url)
    }

    @Test(
        "a host that only some resolvers read as an address is refused, and a real one is an address",
        arguments: [
            "127.1", "0x7f.1", "0X7F.0.0.1", "2130706433", "0177.0.0.1", "017700000001", "127.0.0.0x1", "0x7f000001",
            "0x", "127.0.0.1.1", "1.2.3", "a.1", "127.00.0.1", "127.0.0.1.", "256.256.256.256",
        ])
    func oddAddress(host: String) throws {
        #expect(throws: URLError.self) { try HTTPURL("http://\(host)/") }
        #expect(throws: URLError.self) { try URLPattern("http://\(host)/") }
        #expect(try HTTPURL("http://127.0.0.1/").host == .address(.v4(0x7F00_0001)))
    }

    @Test(
        "what is no plain http or https URL is refused",
        arguments: [
            "", "h", "//h/", "ftp://h/", "file:///etc/passwd", "javascript:alert(1)", "http:/h", "http:h", "http://",
            "http:///x", "http://:80/", "http://h:/", "http://h:0/", "http://h:65536/", "http://h:+1/", "http://h:8x/",
            "http://u@h/", "http://u:p@h/", "http://127.0.0.1:80@evil.example/", "http://h\\@evil/", "http://h\\x",
            "http://a b/", "http://h/a b", "http://h/\n", "http://h/ü", "http://ü.example/", "http://%31/",
            "http://h%00/",
            "http://.h/", "http://h./", "http://a..b/", "http://*.h/", "http://[::1", "http://::1/",
            "http://[127.0.0.1]/",
            "http://[::1%25lo]/", "http://[]/", "http://[::1]x/", " http://h/", "http://h/a%2f..%2Fb",
            "http://h/..%5cb",
        ])
    func refuses(text: String) {
        #expect(throws: URLError.self) { try HTTPURL(text) }
    }

    @Test("random text is a URL in its normal form or an error, never a trap")
    func noise() {
        var random = SeededGenerator(seed: 6)
        let alphabet = Array("http://[]:?#@%2e5c.%\\0129afux*é")
        for _ in 0..<5_000 {
            let text =
                "http://"
                + String(
                    (0..<Int.random(in: 0...20, using: &random)).compactMap { _ in
                        alphabet.randomElement(using: &random)
                    })
            if let url = try? HTTPURL(text) { #expect((try? HTTPURL(url.text)) == url) }
            _ = try? URLPattern(text)
        }
    }
}
