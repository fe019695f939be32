extension OddAnswer {
    /// Transfer and content codings (RFC 9112 section 6.1, RFC 9110 section 8.4).
    static let codings: [OddAnswer] = [
        .coding("chunked", "chunked", .ok("ok")),
        .coding("chunked in capitals", "CHUNKED", .ok("ok")),
        .coding("chunked with blanks around", " \tchunked\t ", .ok("ok")),
        .coding("chunked in quotes", "\"chunked\"", .protocol),
        .coding("chunked with a parameter", "chunked;q=1", .protocol),
        .coding("chunked and a comma", "chunked,", .protocol),
        .coding("a comma and chunked", ",chunked", .protocol),
        .coding("chunked twice on a line", "chunked, chunked", .protocol),
        .coding("gzip, chunked", "gzip, chunked", .protocol),
        .coding("chunked, gzip", "chunked, gzip", .protocol),
        .coding("chunked, identity", "chunked, identity", .protocol),
        .coding("identity, chunked", "identity, chunked", .protocol),
        .coding("identity", "identity", .protocol),
        .coding("an empty coding", "", .protocol),
        .coding("xchunked", "xchunked", .protocol),
        .coding("chunkedx", "chunkedx", .protocol),
        .coding("x chunked", "x chunked", .protocol),
        .coding("a misspelt coding", "chunke", .protocol),
        .coding("a coding nobody knows", "magic", .protocol),
        .coding("chunked and a NUL", "chunked\0", .protocol),
        .coding("a vertical tab and chunked", "\u{B}chunked", .protocol),
        .coding("a non-breaking space and chunked", "\u{A0}chunked", .protocol),
        .coding("chunked and a CR", "chunked\r", .protocol, curl: .ok("ok")),
        .coding("gzip, as if it were chunked", "gzip", .protocol, then: .closes),
        OddAnswer("deflate", "HTTP/1.1 200 OK\r\nTransfer-Encoding: deflate\r\n\r\nok", .protocol, then: .closes),
        OddAnswer(
            "identity with a length",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nok",
            .protocol),
        OddAnswer(
            "identity, then closed",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nok", .protocol, then: .closes),
        OddAnswer(
            "chunked in two fields",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n"
                + "0\r\n\r\n",
            .protocol),
        OddAnswer(
            "chunked and identity in two fields",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n2\r\nok\r\n"
                + "0\r\n\r\n",
            .protocol),
        OddAnswer(
            "identity and chunked in two fields",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n"
                + "0\r\n\r\n",
            .protocol),
        OddAnswer(
            "a length and chunked",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            .protocol),
        OddAnswer(
            "chunked and a length",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            .protocol),
        OddAnswer(
            "chunked and a length over the limit",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 300000\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            .protocol),
        OddAnswer(
            "a bad length and chunked",
            "HTTP/1.1 200 OK\r\nContent-Length: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            .protocol),
        OddAnswer(
            "chunked of HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            .protocol),
        OddAnswer(
            "chunked of HTTP/1.0, then closed",
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            .protocol, then: .closes),
        OddAnswer(
            "chunked with close",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            .ok("ok"), then: .closes),
        OddAnswer(
            "a blank before the colon of the coding",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding : chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            .protocol, curl: .timeout),
        OddAnswer(
            "a folded coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            .protocol),
        OddAnswer(
            "an underscore in place of the hyphen",
            "HTTP/1.1 200 OK\r\nTransfer_Encoding: chunked\r\nContent-Length: 2\r\n\r\nok", .ok("ok")),
        OddAnswer(
            "chunked in an interim answer",
            "HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\nHTTP/1.1 200 OK\r\n"
                + "Content-Length: 2\r\n\r\nok",
            .ok("ok")),
        OddAnswer(
            "a body in gzip",
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 22\r\n\r\n"
                + "\u{1F}\u{8B}\u{8}\0\0\0\0\0\0\u{3}\u{CB}\u{CF}\u{6}\0\u{47}\u{DD}\u{DC}\u{79}\u{2}\0\0\0",
            .ok("ok")),
        OddAnswer(
            "a body in gzip, in chunks",
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n16\r\n"
                + "\u{1F}\u{8B}\u{8}\0\0\0\0\0\0\u{3}\u{CB}\u{CF}\u{6}\0\u{47}\u{DD}\u{DC}\u{79}\u{2}\0\0\0\r\n0\r\n"
                + "\r\n",
            .ok("ok")),
        OddAnswer(
            "a body in gzip that is none",
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok", .protocol),
        OddAnswer(
            "a body in gzip that ends early",
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 12\r\n\r\n"
                + "\u{1F}\u{8B}\u{8}\0\0\0\0\0\0\u{3}\u{CB}\u{CF}",
            .ok("o")),
        OddAnswer(
            "an empty body in gzip",
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n", .ok("")),
        OddAnswer(
            "an empty body in gzip, in chunks",
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", .ok("")),
        OddAnswer("204 in gzip", "HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\n\r\n", .ok("", 204)),
        OddAnswer(
            "304 in gzip",
            "HTTP/1.1 304 Not Modified\r\nContent-Encoding: gzip\r\nContent-Length: 22\r\n\r\n", .ok("", 304)),
        OddAnswer(
            "an empty body in a coding nobody knows",
            "HTTP/1.1 200 OK\r\nContent-Encoding: magic\r\nContent-Length: 0\r\n\r\n", .ok("")),
        OddAnswer(
            "a body in deflate",
            "HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: 2\r\n\r\nok", .protocol),
        OddAnswer(
            "a content coding nobody knows",
            "HTTP/1.1 200 OK\r\nContent-Encoding: magic\r\nContent-Length: 2\r\n\r\nok", .protocol),
        OddAnswer(
            "a content coding of identity",
            "HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\nContent-Length: 2\r\n\r\nok", .ok("ok")),
        OddAnswer(
            "an empty content coding",
            "HTTP/1.1 200 OK\r\nContent-Encoding:\r\nContent-Length: 2\r\n\r\nok", .ok("ok")),
        OddAnswer(
            "a content coding of many",
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip, gzip, gzip, gzip, gzip, gzip\r\n"
                + "Content-Length: 2\r\n\r\nok",
            .protocol),
    ]
}
