extension RequestCase {
    /// Field lines (RFC 9112 section 5).
    static let fieldLines: [RequestCase] =
        [
            "A: b", "A:b", "A:   b   ", "A:\tb\t", "A:", "A: ", "!#$%&'*+-.^_`|~09: b", "A: \u{E9}", "A: \u{80}\u{FF}",
            "A: \"quoted \\\" text\"", "A: b\tc", "A: b\r\nA: c", "Cookie: a=b; c=d", "A: b: c", "1: 2", "-: x",
            "Upgrade: websocket\r\nConnection: Upgrade",
            "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AA",
            "Connection: keep-alive", "Connection: x, y", "Connection: ,", "Connection: x-close", "TE: trailers",
            "Keep-Alive: timeout=5", "Proxy-Connection: close", "Proxy: http://127.0.0.1:1", "Max-Forwards: 0",
            "Expect: 100-continue", "Range: bytes=0-1", "If-None-Match: *",
        ].map { .stays("fields \($0.debugDescription)", fields($0), 200) }
        + [
            "Connection: close", "Connection: Close", "Connection: CLOSE", "Connection: x, close",
            "Connection: close,x",
            "Connection:\tclose", "Connection: keep-alive, close", "Connection: x\r\nConnection: close",
            "Connection: upgrade, close\r\nUpgrade: websocket",
        ].map { .ends("fields \($0.debugDescription)", fields($0), 200) }
        + [
            "A : b", "A\t: b", " A: b", "\tA: b", "A: b\r\n c", "A: b\r\n\tc", "A: b\r\n ", "A", ": b", "", "A B: c",
            "A\u{0}: b", "A: \u{0}", "A: b\u{1}", "A: b\u{7F}", "A: b\rc", "A: b\r\r\nC: d", "A(: b", "A\u{E9}: b",
            "A,: b", "A;: b",
            "A/: b", "\"A\": b", "A[: b", "A{: b", "A@: b", "A=: b", "A?: b", "A: \u{8}", "A: \u{1B}[31m", "A: b\u{B}c",
            "A\r\n: b", "A\u{A0}: b",
        ].filter { !$0.isEmpty }.map { .ends("fields \($0.debugDescription)", fields($0), 400) }
        + [
            .ends("a fold in the first line", "GET /ok HTTP/1.1\r\n Host: h\r\n\r\n", 400),
            .ends("a folded Host", "GET /ok HTTP/1.1\r\nHost: h\r\n i\r\n\r\n", 400),
            .ends("an expectation that nobody can meet", fields("Expect: 200-ok"), 417),
            .ends("two expectations", fields("Expect: 100-continue, x"), 417),
            .ends("an empty expectation", fields("Expect: "), 417),
        ]

    /// Content-Length (RFC 9110 section 8.6, RFC 9112 section 6).
    static let lengths: [RequestCase] =
        [
            .stays("a length", post("Content-Length: 2", "ab"), 200),
            .stays("a length of nothing", post("Content-Length: 0", ""), 200),
            .stays("a length with zeros before it", post("Content-Length: 0002", "ab"), 200),
            .stays("a length with blanks around it", post("Content-Length:  2\t", "ab"), 200),
            .stays(
                "a body that looks like a request", post("Content-Length: \(target("/ok").utf8.count)", target("/ok")),
                200),
            .stays("a body that looks like the end", post("Content-Length: 4", "\r\n\r\n"), 200),
            .stays("a body of GET", "GET /ok HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc", 200),
            .stays("a body of HEAD", "HEAD /ok HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc", 200),
            .stays("a body of DELETE", "DELETE /ok HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc", 200),
            .stays("a body for nobody", "POST /nowhere HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc", 404),
            .stays(
                "a body beside a wrong method", "PUT /probe HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc", 405),
            .stays("a body of any bytes", post("Content-Length: 4", "\u{0}\u{FF}\r\n"), 200),
            .stays(
                "a body that was waited for", post("Content-Length: 2\r\nExpect: 100-Continue", "ab"), 200),
            .ends("a body that is too long", post("Content-Length: 1048577", ""), 413),
            .ends("a body that is much too long", post("Content-Length: 99999999999999999999999999", ""), 413),
            .ends("one that wraps around to 2", post("Content-Length: 18446744073709551618", "ab"), 413),
            .ends("one that wraps around in 32 bits", post("Content-Length: 4294967298", "ab"), 413),
        ]
        + [
            "", "+2", "-2", "-0", "2 2", "2,2", "2, 2", "2;", "2.0", "0x2", "2x", "x2", "\"2\"", "2e0", "\u{B2}",
            "2\u{0}", "1_0",
            "2\u{B}", "\u{A0}2", "two",
        ].map { .ends("Content-Length \($0.debugDescription)", post("Content-Length: \($0)", "ab"), 400) }
        + [
            .ends("the same length twice", post("Content-Length: 2\r\nContent-Length: 2", "ab"), 400),
            .ends("two lengths", post("Content-Length: 2\r\nContent-Length: 0", "ab"), 400),
            .ends("two lengths, apart", post("Content-Length: 0\r\nA: b\r\ncontent-length: 2", "ab"), 400),
            .ends("a blank before the colon", post("Content-Length : 2", "ab"), 400),
            .ends("a folded length", post("Content-Length:\r\n 2", "ab"), 400),
            .ends(
                "a length of HTTP/1.0 twice", "POST /ok HTTP/1.0\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab",
                400),
        ]
}
