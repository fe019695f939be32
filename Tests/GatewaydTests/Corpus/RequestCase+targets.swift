extension RequestCase {
    private static func host(_ lines: String) -> String { "GET /ok HTTP/1.1\r\n\(lines)\r\n\r\n" }

    /// The field Host (RFC 9110 section 7.2, RFC 9112 section 3.2).
    static let hosts: [RequestCase] =
        [
            "h", "example.com", "example.com:80", "127.0.0.1", "127.0.0.1:8080", "[::1]", "[::1]:80", "a_b", "a-b.c",
            "a,b",
            "H", "h:",
        ]
        .map { .stays("host \($0)", host("Host: \($0)"), 200) }
        + [
            "", " ", "a b", "a/b", "/", "a@b", "user:pass@b", "http://a", "a?b", "a#b", "a:b", "a:80x", "a:-1",
            "a:123456",
            "[", "[]", "[::1", "[::1]x", "[g::1]", ":80", "a\u{0}b", "a\u{1}b", "a\u{E9}b", "\"a\"", "a\\b",
            "<a>",
        ].map { .ends("host \($0.debugDescription)", host("Host: \($0)"), 400) }
        + [
            .ends("no host", "GET /ok HTTP/1.1\r\nA: b\r\n\r\n", 400),
            .ends("no fields", "GET /ok HTTP/1.1\r\n\r\n", 400),
            .ends("two hosts", host("Host: a\r\nHost: b"), 400),
            .ends("the same host twice", host("Host: a\r\nhost: a"), 400),
            .ends("two hosts in HTTP/1.0", "GET /ok HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400),
            .stays("a host in other case", host("hOsT: h"), 200),
        ]

    /// Targets (RFC 9112 section 3.2) and paths, which are normalised once.
    static let targets: [RequestCase] =
        [
            ("a query", "/ok?a=b"), ("an empty query", "/ok?"), ("two question marks", "/ok?a?b"),
            ("slashes in a query", "/ok?a=/../b"), ("a query that ends in dots", "/ok?.."),
            ("an encoded letter", "/%6F%6b"), ("lower case hexadecimal", "/%6f%6b"), ("a dot segment", "/./ok"),
            ("two dots", "/a/../ok"), ("encoded dots", "/a/%2e%2e/ok"), ("half encoded dots", "/a/.%2E/ok"),
            ("an encoded dot segment", "/%2e/ok"), ("two slashes", "//ok"), ("many slashes", "////ok"),
            ("an encoded slash", "/a/..%2Fok"), ("dots at the end", "/ok/a/.."), ("what is below", "/ok/a"),
            ("an encoded space", "/ok/a%20b"), ("an encoded question mark", "/ok/a%3Fb"),
            ("an encoded percent", "/ok/%25"),
            ("an encoded percent that could be decoded twice", "/ok/%252e%252e"), ("UTF-8", "/ok/%C3%A9"),
            ("sub-delims", "/ok/!$&'()*+,;=:@"), ("unreserved", "/ok/-._~"), ("three dots", "/ok/..."),
            ("absolute-form", "http://h/ok"), ("absolute-form with a port", "http://h:80/ok"),
            ("absolute-form in other case", "HTTP://h/ok"), ("absolute-form of https", "https://h/ok"),
            ("absolute-form with another host", "http://other/ok"), ("absolute-form with a query", "http://h/ok?a"),
            ("absolute-form with an address", "http://[::1]/ok"),
        ].map { .stays($0.0, target($0.1), 200) }
        + [
            ("nothing here", "/nowhere"), ("the root", "/"), ("absolute-form of the root", "http://h"),
            ("absolute-form with a query alone", "http://h?a"), ("another case", "/OK"),
            ("a slash that is encoded twice", "/%252Fok"),
        ].map { .stays($0.0, target($0.1), 404) }
        + [
            ("above the root", "/.."), ("above the root and back", "/../ok"),
            ("above the root in steps", "/a/../../ok"),
            ("above the root encoded", "/%2e%2e/ok"), ("an encoded null", "/ok/%00"), ("half an encoding", "/ok/%"),
            ("an encoding cut short", "/ok/%4"), ("no hexadecimal", "/ok/%zz"), ("half of it hexadecimal", "/ok/%4g"),
            ("a fragment", "/ok#a"), ("a fragment in the query", "/ok?a#b"), ("no slash", "ok"),
            ("a star and more", "*a"),
            ("a star", "*"), ("a question mark alone", "?a"), ("another scheme", "ftp://h/ok"),
            ("no scheme", "://h/ok"),
            ("no authority", "http:///ok"), ("a scheme alone", "http://"), ("one slash", "http:/ok"),
            ("user information", "http://user@h/ok"), ("user information with a password", "http://a:b@h/ok"),
            ("a port that is none", "http://h:x/ok"), ("a backslash host", "http://h\\ok"), ("authority-form", "h:80"),
        ].map { .ends("target with \($0.0)", target($0.1), 400) }
        + [
            .ends("CONNECT", target("h:443", "CONNECT"), 405),
            .ends("CONNECT to a path", target("/ok", "CONNECT"), 405),
            .stays("OPTIONS of the whole server", target("*", "OPTIONS"), 204),
            .ends("a star with another method", target("*", "POST"), 400),
            .stays("OPTIONS of a path", target("/ok", "OPTIONS"), 405),
        ]
}
