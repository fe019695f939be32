extension RequestCase {
    /// Transfer-Encoding (RFC 9112 sections 6.1 and 7), alone and beside a length.
    static let codings: [RequestCase] =
        [
            .stays("chunks", chunked("2\r\nab\r\n0\r\n\r\n"), 200),
            .stays("the coding in other case", post("transfer-ENCODING: CHUNKED", "2\r\nab\r\n0\r\n\r\n"), 200),
            .stays("blanks around the coding", post("Transfer-Encoding:\t chunked \t", "0\r\n\r\n"), 200),
            .stays(
                "chunks that were waited for", post("Transfer-Encoding: chunked\r\nExpect: 100-continue", "0\r\n\r\n"),
                200),
            .stays("chunks of GET", "GET /ok HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200),
        ]
        + [
            "gzip", "gzip, chunked", "identity", "xchunked", "chunkedx", "chunk", "\"chunked\"", "chunked;q=1", "x", "",
            ",", "chunked,",
        ]
        .map { .ends("coding \($0)", post("Transfer-Encoding: \($0)", "0\r\n\r\n"), 501) }
        + [
            "chunked, chunked", "chunked, identity", "chunked,gzip", "chunked x", "\u{E9}", "chunk\ted",
        ].map { .ends("coding \($0)", post("Transfer-Encoding: \($0)", "0\r\n\r\n"), 501) }
        + [
            ("twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
            ("beside a length", "Transfer-Encoding: chunked\r\nContent-Length: 5"),
            ("behind a length", "Content-Length: 5\r\nTransfer-Encoding: chunked"),
            ("behind a length of 0", "Content-Length: 0\r\nTransfer-Encoding: chunked"),
            ("in other case beside a length", "content-length: 5\r\ntransfer-encoding: Chunked"),
            ("with a blank before the colon", "Transfer-Encoding : chunked"),
            ("with a null", "Transfer-Encoding: chunked\u{0}"),
            ("with a control byte", "Transfer-Encoding: \u{B}chunked"),

            ("with a carriage return", "Transfer-Encoding: chunked\r\r\nA: b"),
            ("behind a carriage return", "A: b\rTransfer-Encoding: chunked"),
            ("behind a blank", "A: b\r\n Transfer-Encoding: chunked"),
        ].map { .ends("coding \($0.0)", post($0.1, "0\r\n\r\n"), 400) }
        + [
            .ends("a folded coding", post("Transfer-Encoding:\r\n chunked", "0\r\n\r\n"), 501),
            .stays("a name that is nearly it", post("Transfer-Encodin: chunked\r\nContent-Length: 2", "ab"), 200),
            .stays("a name with an underscore", post("Transfer_Encoding: chunked\r\nContent-Length: 2", "ab"), 200),
            .stays("X-Transfer-Encoding", post("X-Transfer-Encoding: chunked\r\nContent-Length: 2", "ab"), 200),
        ]

    /// Chunks (RFC 9112 section 7.1).
    static let chunks: [RequestCase] =
        [
            ("none but the last", "0\r\n\r\n"), ("two", "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"),
            ("an upper case size", "A\r\n0123456789\r\n0\r\n\r\n"),
            ("a lower case size", "a\r\n0123456789\r\n0\r\n\r\n"), ("zeros before a size", "0002\r\nab\r\n000\r\n\r\n"),
            ("an extension", "2;a=b\r\nab\r\n0\r\n\r\n"), ("an extension without a value", "2;a\r\nab\r\n0;b\r\n\r\n"),
            ("a quoted extension", "2;a=\"b;c\"\r\nab\r\n0\r\n\r\n"),
            ("blanks before an extension", "2 \t;a\r\nab\r\n0\r\n\r\n"),
            ("a trailer", "2\r\nab\r\n0\r\nA: b\r\n\r\n"), ("two trailers", "0\r\nA: b\r\nC: d\r\n\r\n"),
            ("line ends as data", "4\r\n\r\n\r\n\r\n0\r\n\r\n"),
            ("a last chunk as data", "5\r\n0\r\n\r\n\r\n0\r\n\r\n"),
            ("a length as a trailer", "0\r\nContent-Length: 100\r\n\r\n"),
            ("a coding as a trailer", "0\r\nTransfer-Encoding: x\r\n\r\n"),
        ].map { .stays("chunks: \($0.0)", chunked($0.1), 200) }
        + [
            ("no size", "\r\nab\r\n0\r\n\r\n"), ("a blank size", " \r\nab\r\n0\r\n\r\n"),
            ("a blank before a size", " 2\r\nab\r\n0\r\n\r\n"),
            ("a blank behind a size", "2 \r\nab\r\n0\r\n\r\n"), ("a sign", "+2\r\nab\r\n0\r\n\r\n"),
            ("a minus", "-2\r\nab\r\n0\r\n\r\n"),
            ("0x", "0x2\r\nab\r\n0\r\n\r\n"), ("no hexadecimal", "g\r\nab\r\n0\r\n\r\n"),
            ("an underscore", "1_0\r\nab\r\n0\r\n\r\n"),
            ("a size of 16 digits", "0000000000000002\r\nab\r\n0\r\n\r\n"),
            ("a size that overflows", "FFFFFFFFFFFFFFFF\r\nab\r\n0\r\n\r\n"),
            ("a size that wraps around to 2", "10000000000000002\r\nab\r\n0\r\n\r\n"),
            ("a null in a size", "2\u{0}\r\nab\r\n0\r\n\r\n"),
            ("a line feed behind a size", "2\nab\r\n0\r\n\r\n"),
            ("a carriage return behind a size", "2\rab\r\n0\r\n\r\n"),
            ("data that is too long", "2\r\nabc\r\n0\r\n\r\n"), ("data that is too short", "3\r\nab\r\n0\r\n\r\n"),
            ("no end of the data", "2\r\nab0\r\n\r\n"), ("a line feed behind data", "2\r\nab\n0\r\n\r\n"),
            ("a line feed behind the last", "0\n\r\n"), ("a line feed at the end", "0\r\n\n"),
            ("a line feed in a trailer", "0\r\nA: b\n\r\n"), ("a null in a trailer", "0\r\nA: \u{0}\r\n\r\n"),
            ("a fold in a trailer", "0\r\nA: b\r\n c\r\n\r\n"), ("a trailer without a colon", "0\r\nA\r\n\r\n"),
            ("a blank before a trailer's colon", "0\r\nA : b\r\n\r\n"),
            ("a null in an extension", "2;\u{0}\r\nab\r\n0\r\n\r\n"),
            ("a carriage return in an extension", "2;a\rb\r\nab\r\n0\r\n\r\n"),
            ("a line feed in an extension", "2;a\nb\r\nab\r\n0\r\n\r\n"),
            ("a comma behind a size", "2,\r\nab\r\n0\r\n\r\n"), ("a fraction", "2.0\r\nab\r\n0\r\n\r\n"),
        ].map { .ends("chunks: \($0.0)", chunked($0.1), 400) }

    private static func long(_ count: Int) -> String { String(repeating: "a", count: count) }

    /// What is at the limits, and over them (the configuration's defaults).
    static let sizes: [RequestCase] =
        [
            .stays("a target of 8 KiB", target("/ok?" + long(8_188)), 200),
            .ends("a target of a byte more", target("/ok?" + long(8_189)), 414),
            .ends("a target of 64 KiB", target("/ok?" + long(65_536)), 414),
            .ends("a method of 64 KiB", target("/ok", long(65_536)), 414),
            .stays("a field of 31 KiB", fields("A: " + long(31 << 10)), 200),
            .ends("a field of 33 KiB", fields("A: " + long(33 << 10)), 431),
            .ends("a name of 33 KiB", fields(long(33 << 10) + ": a"), 431),
            .stays("100 fields", fields((1...99).map { "A\($0): b" }.joined(separator: "\r\n")), 200),
            .ends("101 fields", fields((1...100).map { "A\($0): b" }.joined(separator: "\r\n")), 431),
            .ends(
                "fields of 40 KiB together",
                fields((1...40).map { "A\($0): \(long(1_024))" }.joined(separator: "\r\n")), 431),
            .ends("empty lines of 64 KiB", String(repeating: "\r\n", count: 32_768), 414),
            .ends("an extension of 40 KiB", chunked("2;" + long(40 << 10) + "\r\nab\r\n0\r\n\r\n"), 431),
            .ends("trailers of 40 KiB", chunked("0\r\nA: " + long(40 << 10) + "\r\n\r\n"), 431),
            .ends("101 trailers", chunked("0\r\n" + (1...101).map { "A\($0): b\r\n" }.joined() + "\r\n"), 431),
            .stays("a body of 1 MiB", post("Content-Length: 1048576", long(1 << 20)), 200),
            .ends("chunks of more than 1 MiB", chunked("100001\r\n" + long(1 << 20) + "a\r\n0\r\n\r\n"), 413),
            .ends("chunks of 1 MiB and a byte", chunked("100000\r\n" + long(1 << 20) + "\r\n1\r\na\r\n0\r\n\r\n"), 413),
        ]

    /// Several requests in one write: answered in order.
    static let orders: [RequestCase] = [
        .stays("two", target("/ok") + target("/nowhere"), 200, 404),
        .stays("two the other way round", target("/nowhere") + target("/ok"), 404, 200),
        .stays("with an empty line between", target("/ok") + "\r\n" + target("/nowhere"), 200, 404),
        .stays(
            "with bodies", post("Content-Length: 2", "ab") + chunked("0\r\n\r\n") + target("/nowhere"), 200, 200, 404),
        .stays("HEAD among them", target("/ok", "HEAD") + target("/nowhere") + target("/ok", "HEAD"), 200, 404, 200),
        .ends("a good one and a bad one", target("/ok") + "GET\r\n\r\n" + target("/nowhere"), 200, 400),
        .ends("nothing behind close", target("/ok") + fields("Connection: close") + target("/nowhere"), 200, 200),
        .ends("nothing behind a length that is none", post("Content-Length: x", "") + target("/ok"), 400),
        .ends(
            "nothing behind two framings",
            post("Content-Length: 4\r\nTransfer-Encoding: chunked", "0\r\n\r\n") + target("/ok"), 400),
        .stays("thirty", String(repeating: target("/ok"), count: 5) + target("/nowhere"), 200, 200, 200, 200, 200, 404),
    ]
}
