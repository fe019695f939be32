extension OddAnswer {
    /// Lengths, and bodies that need none (RFC 9112 section 6.3, RFC 9110 section 8.6).
    static let lengths: [OddAnswer] = [
        .length("a length of zero", "0", .ok("")),
        .length("zeros before the length", "0002", .ok("ok")),
        .length("a length with a plus", "+2", .protocol),
        .length("a length with a minus", "-2", .protocol),
        .length("minus zero", "-0", .protocol),
        .length("a length with blanks around", "  2\t ", .ok("ok")),
        .length("a length with a blank inside", "2 2", .protocol),
        .length("a hexadecimal length", "0x2", .protocol),
        .length("a length with a fraction", "2.0", .protocol),
        .length("an exponent", "2e0", .protocol),
        .length("a length in words", "two", .protocol),
        .length("a length in quotes", "\"2\"", .protocol),
        .length("an empty length", "", .protocol),
        .length("a length of blanks", "   ", .protocol),
        .length("a length twice on a line", "2, 2", .protocol),
        .length("two lengths on a line", "2, 3", .protocol),
        .length("a length and a comma", "2,", .protocol),
        .length("a comma and a length", ",2", .protocol),
        .length("a length and a semicolon", "2;", .protocol),
        .length("a length and a letter", "2a", .protocol),
        .length("a length and a NUL", "2\0", .protocol),
        .length("a length and a CR", "2\r", .protocol, curl: .ok("ok")),
        .length("other digits", "\u{B2}", .protocol),
        .length("a length of 19 digits", "0000000000000000002", .ok("ok")),
        .length("a length of 40 digits", "0000000000000000000000000000000000000002", .ok("ok")),
        .length("the largest Int64", "9223372036854775807", .tooLarge),
        .length("one more than the largest Int64", "9223372036854775808", .tooLarge),
        .length("a length that wraps round at 2^64", "18446744073709551618", .tooLarge),
        .length("a length of 25 nines", "9999999999999999999999999", .tooLarge),
        OddAnswer("no blank before the length", "HTTP/1.1 200 OK\r\nContent-Length:2\r\n\r\nok", .ok("ok")),
        OddAnswer("a length in small letters", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", .ok("ok")),
        OddAnswer(
            "a blank before the colon of the length",
            "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok", .protocol, curl: .timeout),
        OddAnswer(
            "a blank before the colon of the length, then closed",
            "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nokay", .protocol, curl: .ok("okay"), then: .closes),
        OddAnswer("a folded length", "HTTP/1.1 200 OK\r\nContent-Length:\r\n 2\r\n\r\nok", .protocol),
        OddAnswer(
            "the same length twice",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok", .protocol),
        OddAnswer(
            "two lengths",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok", .protocol),
        OddAnswer(
            "two lengths, the longer first",
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 2\r\n\r\nok", .protocol),
        OddAnswer(
            "two lengths, then closed", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
            .protocol, then: .closes),
        OddAnswer(
            "a second length that is bad",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: x\r\n\r\nok", .protocol),
        OddAnswer(
            "a name that is nearly that of the length",
            "HTTP/1.1 200 OK\r\nContent-Lengths: 9\r\nContent-Length: 2\r\n\r\nok", .ok("ok")),
        OddAnswer("bytes behind the length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokay", .ok("ok")),
        OddAnswer(
            "an answer behind the answer",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 500 Smuggled\r\nContent-Length: 4\r\n\r\n"
                + "evil",
            .ok("ok")),
        OddAnswer("an empty line behind the answer", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok\r\n", .ok("ok")),
        OddAnswer("a length, and the body is missing", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", .timeout),
        .length("a body that is too short", "3", .timeout),
        .length("a body that is too short, then closed", "3", .reset, then: .closes),
        .length("a body that is too short, then reset", "3", .reset, then: .resets),
        OddAnswer(
            "a body that is too short after close",
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nok", .reset, then: .closes),
        OddAnswer(
            "HTTP/1.0 with a body that is too short",
            "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nok", .reset, then: .closes),
        .length("a whole body, then reset", "2", .ok("ok"), then: .resets),
        OddAnswer("no length, then closed", "HTTP/1.1 200 OK\r\n\r\nok", .ok("ok"), then: .closes),
        OddAnswer("no length, an empty body", "HTTP/1.1 200 OK\r\n\r\n", .ok(""), then: .closes),
        OddAnswer("no length, and no end", "HTTP/1.1 200 OK\r\n\r\nok", .timeout),
        OddAnswer("no length, then reset", "HTTP/1.1 200 OK\r\n\r\nok", .reset, then: .resets),
        OddAnswer(
            "no length but keep-alive",
            "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\nok", .ok("ok"), then: .closes),
        OddAnswer("HTTP/1.0 without a length", "HTTP/1.0 200 OK\r\n\r\nok", .ok("ok"), then: .closes),
        OddAnswer(
            "a length at the limit",
            "HTTP/1.1 200 OK\r\nContent-Length: 262144\r\n\r\n\(String(repeating: "x", count: 256 << 10))",
            .ok(String(repeating: "x", count: 256 << 10))),
        OddAnswer(
            "a large body that is cut short",
            "HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n\(String(repeating: "x", count: 199_999))", .reset,
            then: .closes),
        OddAnswer("a length over the limit", "HTTP/1.1 200 OK\r\nContent-Length: 262145\r\n\r\n", .tooLarge),
        OddAnswer(
            "a body over the limit",
            "HTTP/1.1 200 OK\r\n\r\n\(String(repeating: "x", count: 262_145))", .tooLarge, then: .closes),
        OddAnswer("204", "HTTP/1.1 204 No Content\r\n\r\n", .ok("", 204)),
        OddAnswer("204 with a length of zero", "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", .ok("", 204)),
        OddAnswer("204 with a length", "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n", .ok("", 204)),
        OddAnswer("204 with a body", "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok", .ok("", 204)),
        OddAnswer(
            "204 in chunks",
            "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", .ok("", 204)),
        OddAnswer(
            "204 without a length, then closed", "HTTP/1.1 204 No Content\r\n\r\nok", .ok("", 204), then: .closes),
        OddAnswer("304", "HTTP/1.1 304 Not Modified\r\n\r\n", .ok("", 304)),
        OddAnswer("304 with a length", "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n", .ok("", 304)),
        OddAnswer(
            "304 with a length over the limit",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 300000\r\n\r\n", .ok("", 304)),
        OddAnswer("304 with a body", "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\nok", .ok("", 304)),
        OddAnswer("304 in chunks", "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", .ok("", 304)),
        OddAnswer("205 with a body", "HTTP/1.1 205 Reset Content\r\nContent-Length: 2\r\n\r\nok", .ok("ok", 205)),
        OddAnswer("205 without a length", "HTTP/1.1 205 Reset Content\r\n\r\n", .ok("", 205), then: .closes),
    ]
}
