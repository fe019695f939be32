extension OddAnswer {
    /// Fields and interim answers (RFC 9112 section 5, RFC 9110 section 15.2).
    static let heads: [OddAnswer] = [
        .fields("a blank before the colon", "A : b", .protocol, curl: .ok("ok")),
        .fields("a tab before the colon", "A\t: b", .protocol, curl: .ok("ok")),
        .fields("a line without a colon", "nonsense", .protocol),
        .fields("an empty name", ": b", .protocol, curl: .ok("ok")),
        .fields("an empty value", "A:", .ok("ok")),
        .fields("no blank behind the colon", "A:b", .ok("ok")),
        .fields("a folded line", "A: b\r\n c", .protocol, curl: .ok("ok")),
        .fields("a line folded with a tab", "A: b\r\n\tc", .protocol, curl: .ok("ok")),
        .fields("a folded line of blanks", "A: b\r\n  ", .protocol, curl: .ok("ok")),
        .fields("a first field that is folded", " A: b", .protocol),
        .fields("a name with a blank inside", "A b: c", .protocol, curl: .ok("ok")),
        .fields("a name of Latin 1", "\u{E9}: b", .protocol, curl: .ok("ok")),
        .fields("a value of Latin 1", "A: \u{E9}\u{80}\u{FF}", .ok("ok")),
        .fields("a name with a parenthesis", "A(b): c", .protocol, curl: .ok("ok")),
        .fields("a name with a slash", "A/b: c", .protocol, curl: .ok("ok")),
        .fields("a name with a quote", "\"A\": c", .protocol, curl: .ok("ok")),
        .fields("a name with all that tokens have", "!#$%&'*+-.^_`|~0: b", .ok("ok")),
        .fields("a NUL in a name", "A\0: b", .protocol),
        .fields("a NUL in a value", "A: \0", .protocol),
        .fields("a NUL alone on a line", "\0", .protocol, curl: .timeout),
        .fields("a CR in a value", "A: b\rC: d", .protocol, curl: .ok("ok")),
        .fields("two CR at the end of a line", "A: b\r", .protocol, curl: .ok("ok")),
        .fields("a CR alone on a line", "\r", .protocol, curl: .timeout),
        .fields("a bell in a value", "A: \u{7}", .protocol, curl: .ok("ok")),
        .fields("DEL in a value", "A: \u{7F}", .protocol, curl: .ok("ok")),
        .fields("a vertical tab in a value", "A: b\u{B}", .protocol, curl: .ok("ok")),
        .fields("a tab in a value", "A: b\tc", .ok("ok")),
        .fields("a line that ends in LF", "A: b\nC: d", .protocol, curl: .ok("ok")),
        .fields("a status line among the fields", "HTTP/1.1 404 Not Found", .protocol),
        .fields("two hundred fields", "\(String(repeating: "A: b\r\n", count: 200))C: d", .ok("ok")),
        .fields(
            "three hundred fields", "\(String(repeating: "A: b\r\n", count: 300))C: d", .protocol, curl: .ok("ok")),
        .fields("a field of 60 KiB", "A: \(String(repeating: "b", count: 60 << 10))", .ok("ok")),
        .fields("a field of 90 KiB", "A: \(String(repeating: "b", count: 90 << 10))", .protocol),
        .fields("a field of 200 KiB", "A: \(String(repeating: "b", count: 200 << 10))", .protocol),
        .fields("a name of 70 KiB", "\(String(repeating: "A", count: 70 << 10)): b", .protocol),
        .fields("cookies twice", "Set-Cookie: a=b\r\nSet-Cookie: c=d", .ok("ok")),
        .fields("a redirect", "Location: http://127.0.0.2:1/", .ok("ok")),
        .fields("a redirect to another scheme", "Location: file:///etc/passwd", .ok("ok")),
        .fields("a Refresh", "Refresh: 0; url=http://127.0.0.2:1/", .ok("ok")),
        .fields("a Host", "Host: evil.test", .ok("ok")),
        .fields("an upgrade offered", "Upgrade: h2c\r\nConnection: Upgrade", .ok("ok")),
        .fields("Alt-Svc", "Alt-Svc: h2=\":443\"", .ok("ok")),
        .fields("HSTS", "Strict-Transport-Security: max-age=1", .ok("ok")),
        .fields("a proxy that wants a password", "Proxy-Authenticate: Basic realm=\"x\"", .ok("ok")),
        .fields("Connection: close", "Connection: close", .ok("ok")),
        .fields("Connection: close among others", "Connection: a, Close ,b", .ok("ok")),
        .fields("Connection: keep-alive and close", "Connection: keep-alive\r\nConnection: close", .ok("ok")),
        .fields("Proxy-Connection: close", "Proxy-Connection: close", .ok("ok")),
        .fields("Keep-Alive of one request", "Keep-Alive: timeout=1, max=1", .ok("ok")),
        .fields("Trailer announced", "Trailer: Content-Length", .ok("ok")),
        OddAnswer(
            "302 with a redirect",
            "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 2\r\n\r\nok", .ok("ok", 302)),
        OddAnswer("301 without one", "HTTP/1.1 301 Moved\r\nContent-Length: 2\r\n\r\nok", .ok("ok", 301)),
        OddAnswer("401", "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nok", .ok("ok", 401)),
        OddAnswer("407", "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nok", .ok("ok", 407)),
        OddAnswer("413", "HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nok", .ok("ok", 413)),
        OddAnswer("417", "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 2\r\n\r\nok", .ok("ok", 417)),
        OddAnswer("426", "HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nok", .ok("ok", 426)),
        OddAnswer(
            "HTTP/1.0 with keep-alive",
            "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", .ok("ok")),
        OddAnswer(
            "HTTP/1.0 with close", "HTTP/1.0 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", .ok("ok")),
        OddAnswer(
            "an empty line that ends in LF",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\nok", .protocol, curl: .ok("ok")),
        OddAnswer("a head without its empty line", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nok", .timeout),
        OddAnswer("a head of LF alone", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", .protocol, curl: .ok("ok")),
        OddAnswer("half a head, then nothing", "HTTP/1.1 200 OK\r\nContent-Len", .timeout),
        OddAnswer("half a head, then closed", "HTTP/1.1 200 OK\r\nContent-Len", .reset, then: .closes),
        OddAnswer("half a head, then reset", "HTTP/1.1 200 OK\r\nContent-Len", .reset, then: .resets),
        OddAnswer(
            "fields without an end, then closed",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n", .reset, then: .closes),
        OddAnswer(
            "no empty line, then closed",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r", .reset, then: .closes),
        OddAnswer(
            "100 before the answer",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", .ok("ok")),
        OddAnswer(
            "102 before the answer",
            "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", .ok("ok")),
        OddAnswer(
            "103 before the answer",
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            .ok("ok")),
        OddAnswer(
            "199 before the answer",
            "HTTP/1.1 199 Odd\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", .ok("ok")),
        OddAnswer(
            "many interim answers",
            "\(String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 50))HTTP/1.1 200 OK\r\n"
                + "Content-Length: 2\r\n\r\nok",
            .ok("ok")),
        OddAnswer(
            "more interim answers than a header may have bytes",
            "\(String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 3_000))HTTP/1.1 200 OK\r\n"
                + "Content-Length: 2\r\n\r\nok",
            .protocol),
        OddAnswer(
            "100 with a length",
            "HTTP/1.1 100 Continue\r\nContent-Length: 7\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            .ok("ok")),
        OddAnswer(
            "100 in chunks",
            "HTTP/1.1 100 Continue\r\nTransfer-Encoding: chunked\r\n\r\nHTTP/1.1 200 OK\r\n"
                + "Content-Length: 2\r\n\r\nok",
            .ok("ok")),
        OddAnswer(
            "100 with close",
            "HTTP/1.1 100 Continue\r\nConnection: close\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            .ok("ok")),
        OddAnswer(
            "100 of HTTP/1.0",
            "HTTP/1.0 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", .ok("ok")),
        OddAnswer("100 and then nothing", "HTTP/1.1 100 Continue\r\n\r\n", .timeout),
        OddAnswer("100 and then closed", "HTTP/1.1 100 Continue\r\n\r\n", .reset, then: .closes),
        OddAnswer(
            "101, which nobody asked for",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
            .protocol),
        OddAnswer(
            "101 and an answer",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nHTTP/1.1 200 OK\r\n"
                + "Content-Length: 2\r\n\r\nok",
            .protocol),
        OddAnswer(
            "101 and an answer, then closed",
            "HTTP/1.1 101 Switching Protocols\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            .protocol, then: .closes),
        OddAnswer(
            "100 and 101",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 Switching Protocols\r\n\r\n", .protocol),
    ]
}
