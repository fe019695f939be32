extension RequestCase {
    /// Request lines (RFC 9112 section 3).
    static let lines: [RequestCase] =
        [
            .stays("a plain request", target("/ok"), 200),
            .stays("an empty line before it", "\r\n" + target("/ok"), 200),
            .stays("two of them", "\r\n\r\n" + target("/ok"), 200),
            .stays("a method that no route has", target("/ok", "BREW"), 405),
            .stays("a method in lower case is another one", target("/ok", "get"), 405),
            .stays("a method of all token characters", target("/ok", "!#$%&'*+-.^_`|~09AZaz"), 405),
            .stays("a long method", target("/ok", String(repeating: "M", count: 64)), 405),
            .stays("HEAD", target("/ok", "HEAD"), 200),
            .stays("POST without a body", target("/ok", "POST"), 200),
            .stays("TRACE", target("/ok", "TRACE"), 405),
            .ends("a line feed alone before it", "\n" + target("/ok"), 400),
            .ends("a carriage return alone before it", "\r" + target("/ok"), 400),
            .ends("a blank line before it", " \r\n" + target("/ok"), 400),
            .ends("TLS", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}", 400),
            .ends("SSH", "SSH-2.0-OpenSSH_9.2\r\n", 400),
            .ends("a null byte", "\u{0}" + target("/ok"), 400),
            .ends(
                "the PROXY protocol, that nobody agreed on", "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n" + target("/ok"), 400),
            .ends("a JSON text", "{\"a\": 1}\r\n\r\n", 400),
            .ends("an answer", "HTTP/1.1 200 OK\r\n\r\n", 400),
        ]
        + [
            ("no version", "GET /ok"), ("a blank at the end", "GET /ok HTTP/1.1 "), ("a tab", "GET\t/ok HTTP/1.1"),
            ("a tab before the version", "GET /ok\tHTTP/1.1"), ("two spaces", "GET  /ok HTTP/1.1"),
            ("two spaces before the version", "GET /ok  HTTP/1.1"), ("a space before it", " GET /ok HTTP/1.1"),
            ("four parts", "GET /ok x HTTP/1.1"), ("no target", "GET HTTP/1.1"), ("an empty target", "GET  HTTP/1.1"),
            ("a method with parentheses", "G(T /ok HTTP/1.1"), ("a method with a colon", "GET: /ok HTTP/1.1"),
            ("a method with a slash", "G/T /ok HTTP/1.1"), ("a method beyond ASCII", "G\u{C9}T /ok HTTP/1.1"),
            ("a null in the method", "G\u{0}T /ok HTTP/1.1"), ("a null in the target", "GET /o\u{0}k HTTP/1.1"),
            ("a control byte in the target", "GET /o\u{1}k HTTP/1.1"), ("DEL in the target", "GET /o\u{7F}k HTTP/1.1"),
            ("a target beyond ASCII", "GET /\u{E9} HTTP/1.1"), ("a carriage return inside", "GET /ok\r HTTP/1.1"),
            ("two carriage returns", "GET /ok HTTP/1.1\r"), ("a vertical tab", "GET\u{B}/ok HTTP/1.1"),
            ("a form feed", "GET\u{C}/ok HTTP/1.1"), ("a no-break space", "GET\u{A0}/ok HTTP/1.1"),
        ].map { .ends("request line with \($0.0)", "\($0.1)\r\nHost: h\r\n\r\n", 400) }
        + [
            ("after the request line", "GET /ok HTTP/1.1\nHost: h\r\n\r\n"),
            ("after a field", "GET /ok HTTP/1.1\r\nHost: h\nA: b\r\n\r\n"),
            ("after the last field", "GET /ok HTTP/1.1\r\nHost: h\n\r\n"),
            ("at the end of the head", "GET /ok HTTP/1.1\r\nHost: h\r\n\n"),
            ("everywhere", "GET /ok HTTP/1.1\nHost: h\n\n"),
        ].map { .ends("a line feed alone \($0.0)", $0.1, 400) }

    /// Versions (RFC 9112 section 2.3).
    static let versions: [RequestCase] =
        [
            .ends("HTTP/1.0 closes", "GET /ok HTTP/1.0\r\nHost: h\r\n\r\n", 200),
            .ends("HTTP/1.0 needs no Host", "GET /ok HTTP/1.0\r\n\r\n", 200),
            .stays("HTTP/1.0 with keep-alive", "GET /ok HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200),
            .stays("HTTP/1.0 with Keep-Alive", "GET /ok HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", 200),
            .ends("HTTP/1.0 with both", "GET /ok HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", 200),
            .stays(
                "HTTP/1.0 with a body",
                "POST /ok HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nab", 200),
            .stays(
                "HTTP/1.0 gets no interim answer",
                "POST /ok HTTP/1.0\r\nConnection: keep-alive\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab",
                200),
            .ends(
                "HTTP/1.0 in chunks", "POST /ok HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
            .ends("HTTP/0.9", "GET /ok\r\n", 400),
            .ends("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        ]
        + ["HTTP/0.9", "HTTP/1.2", "HTTP/1.9", "HTTP/2.0", "HTTP/3.0", "HTTP/9.9"].map {
            .ends("version \($0)", "GET /ok \($0)\r\nHost: h\r\n\r\n", 505)
        }
        + [
            "http/1.1", "Http/1.1", "HTTP/1", "HTTP/11", "HTTP/1.10", "HTTP/01.1", "HTTP/ 1.1", "HTTP /1.1",
            "HTTP/1 .1",
            "HTTP/a.b", "HTTP/-1.1", "HTTP/1,1", "HTTP\\1.1", "HTTPS/1.1", "HTP/1.1", "1.1", "HTTP/1.1x", "HTTP/+1.1",
        ].map { .ends("version \($0)", "GET /ok \($0)\r\nHost: h\r\n\r\n", 400) }
}
