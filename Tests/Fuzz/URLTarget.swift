@testable import Base
@testable import FanOut
@testable import HTTP
@testable import JSON

/// What must hold of URLs and patterns for any text; a line feed stands between the two.
enum URLTarget {
    static let seeds: [(name: String, bytes: [UInt8])] = [
        "http://127.0.0.1:9001/a/b?c=d#e\nhttp://127.0.0.1:*",
        "https://Sub.Example.com/public/../x%2e%2E/%2f?q\nhttps://*.example.com/public/*", "http://[::1]:80/\nhttp://*",
        "http://0x7f.1/\nhttp://[::ffff:127.0.0.1]", "http://2130706433/\nhttps://a.test:8443/*/x*y",
        "http://user@evil.test:80/\nhttp://*:*", "http://xn--a-0ga.test/./\nhttp://a.test/",
    ].enumerated().map { ("url-\($0)", Array($1.utf8)) }

    /// The normal form is one, and what a pattern allows is of its scheme and no place but its own.
    static func run(_ text: UnsafeBufferPointer<UInt8>) {
        let lines = text.split(separator: 0x0A, maxSplits: 1).map { String(decoding: $0, as: UTF8.self) }
        let pattern = lines.last.flatMap(pattern)
        guard let first = lines.first, let url = try? HTTPURL(first) else { return }
        check(url)
        guard let pattern, pattern.matches(url) else { return }
        precondition(pattern.description.lowercased().hasPrefix(url.scheme.rawValue + "://"), "of another scheme")
        guard !pattern.description.contains("//*") else { return }
        // Its host is literal: whatever its path's stars take, no other host fits.
        var other = url
        other.host = .name(url.host == .name("other.test") ? "another.test" : "other.test")
        precondition(!pattern.matches(other), "another host is allowed")
    }

    private static func check(_ url: HTTPURL) {
        precondition((try? HTTPURL(url.text)) == url, "the normal form is another URL")
        precondition(url.text.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "the normal form has odd bytes")
        precondition(url.path.hasPrefix("/") && url.port > 0)
        let segments = url.path.lowercased().replacing("%2e", with: ".").split { "/\\".contains($0) }
        precondition(!segments.contains("..") && !segments.contains("."), "a dot-segment is left")
        if case .address(let address) = url.host {
            precondition(IPAddress(address.description) == address, "an address is not what it says")
            _ = address.isSpecial
        }
        guard !url.path.contains("*") else { return }
        for text in [url.origin, url.origin + url.path, url.origin + "/*", "\(url.scheme.rawValue)://*:*"] {
            precondition((try? URLPattern(text))?.matches(url) == true, "its own pattern does not allow it")
        }
    }

    private static func pattern(_ text: String) -> URLPattern? {
        guard let pattern = try? URLPattern(text) else { return nil }
        precondition((try? URLPattern(pattern.description)) == pattern, "a pattern is another when written")
        _ = pattern.namesAddress
        return pattern
    }
}
