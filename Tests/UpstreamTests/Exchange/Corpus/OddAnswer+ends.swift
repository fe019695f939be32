extension OddAnswer {
    /// Connections that end (RFC 9112 section 9).
    static let ends: [OddAnswer] = [
        OddAnswer("nothing at all, then closed", "", .reset, then: .closes),
        OddAnswer("nothing at all, then reset", "", .reset, then: .resets),
        OddAnswer("nothing at all", "", .timeout),
        OddAnswer("an empty line, then closed", "\r\n", .protocol, then: .closes),
        OddAnswer("an LF, then closed", "\n", .protocol, then: .closes),
        OddAnswer("a NUL, then closed", "\0", .protocol, then: .closes),
        OddAnswer(
            "a whole answer, then closed",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", .ok("ok"), then: .closes),
        OddAnswer(
            "a whole answer with close, then closed",
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", .ok("ok"), then: .closes),
        OddAnswer(
            "a whole answer with close, left open",
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", .ok("ok")),
        .chunked("a whole answer in chunks, then closed", "2\r\nok\r\n0\r\n\r\n", .ok("ok"), then: .closes),
        OddAnswer(
            "408 that was not asked for",
            "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            .ok("", 408), then: .closes),
        OddAnswer(
            "an error in HTML",
            "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: 15\r\n"
                + "\r\n<h1>Broken</h1>",
            .ok("<h1>Broken</h1>", 502), then: .closes),
    ]
}
