import FanOut
import Testing

/// Requests as clients send them, well and badly (RFC 9110, RFC 9112).
@Suite struct RequestParserTests {
    private static let host = "Host: h\r\n"

    @Test("a request has its method, target, fields and body, whatever the case of its fields")
    func good() {
        let read = ReadRequests(
            "POST /a?b=c HTTP/1.1\r\nhOST: example.test:80\r\nX-Empty:\r\nX-Blank: \t v \r\nContent-Length: 3\r\n\r\nxyz"
        )
        #expect(read.refusal == nil && !read.isInside && read.requests.count == 1)
        let request = read.requests.first
        #expect(request?.method == "POST" && request?.target == "/a?b=c" && request?.host == "example.test:80")
        #expect(request?.body == Array("xyz".utf8) && request?.keepsAlive == true)
    }

    @Test("requests follow one another on a connection, with an empty line too many between them")
    func pipeline() {
        let one = "GET /1 HTTP/1.1\r\n\(Self.host)\r\n"
        let two =
            "PUT /2 HTTP/1.1\r\n\(Self.host)Transfer-Encoding: chunked\r\n\r\n2;x=\"y\"\r\nok\r\n0\r\nT: t\r\n\r\n"
        let read = ReadRequests(one + two + "\r\n\r\n" + one + "GE")
        #expect(read.requests.map(\.target) == ["/1", "/2", "/1"] && read.refusal == nil && read.isInside)
        #expect(read.requests[1].body == Array("ok".utf8))
    }

    @Test(
        "every form of target is handed on as it is",
        arguments: ["/", "/a/../b%2f?x=%zz", "http://h/a", "*", "h:443", "//x", "/\"<>\\^`{|}"])
    func targets(target: String) {
        #expect(ReadRequests("GET \(target) HTTP/1.1\r\n\(Self.host)\r\n").requests.first?.target == target)
    }

    @Test("a connection stays open by the rules of both versions")
    func keepAlive() {
        func keeps(_ version: String, _ connection: String) -> Bool? {
            ReadRequests("GET / \(version)\r\n\(Self.host)\(connection)\r\n").requests.first?.keepsAlive
        }
        #expect(keeps("HTTP/1.1", "") == true && keeps("HTTP/1.0", "") == false)
        #expect(keeps("HTTP/1.1", "Connection: x, Close\r\n") == false)
        #expect(keeps("HTTP/1.0", "Connection: Keep-Alive\r\n") == true)
        #expect(keeps("HTTP/1.0", "Connection: keep-alive\r\nConnection: close\r\n") == false)
    }

    @Test(
        "what two readers could see differently is refused, with the right status",
        arguments: [
            // Request line.
            ("GET /\r\n", 400), ("GET / \r\n", 400), ("GET  / HTTP/1.1\r\n", 400), (" GET / HTTP/1.1\r\n", 400),
            ("GET / HTTP/1.1 \r\n", 400), ("GET /a b HTTP/1.1\r\n", 400), ("GET\t/ HTTP/1.1\r\n", 400),
            ("G(T / HTTP/1.1\r\n", 400), ("GET /\u{1} HTTP/1.1\r\n", 400), ("GET /\u{E9} HTTP/1.1\r\n", 400),
            ("GET / http/1.1\r\n", 400), ("GET / HTTP/11\r\n", 400), ("GET / HTTP/1.1x\r\n", 400),
            ("GET / HTTP/2.0\r\n", 505), ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505), ("GET / HTTP/0.9\r\n", 505),
            ("GET / HTTP/1.2\r\n", 505), ("\u{16}\u{3}\u{1}\u{2}\0", 400), ("GET / HTTP/1.1\n", 400),
            ("GET / HTTP/1.1\r\r\n", 400), ("\rGET / HTTP/1.1\r\n", 400),
            // Fields.
            ("GET / HTTP/1.1\r\nHost : h\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: h\r\n: x\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: h\r\nX\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: h\r\nX: a\rb\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: h\r\nX: y\u{7F}\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: h\r\nX\u{E9}: y\r\n\r\n", 400),
            // Host.
            ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost:\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: u@h\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: h:x\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: h:123456\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n", 400),
            // Framing.
            ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", 400),
            ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
            ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: identity\r\n\r\n", 501),
            ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0x1\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1, 1\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length:\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: h\r\nExpect: 200-ok\r\n\r\n", 417),
            // Chunks.
            ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\nx\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nbad trailer\r\n\r\n", 400),
        ])
    func refused(request: String, status: Int) {
        let read = ReadRequests(request)
        #expect(read.refusal?.status == status, "\(String(describing: read.refusal))")
        #expect(read.requests.isEmpty && read.refusal?.detail.isEmpty == false)
    }

    @Test(
        "a Host that is one is taken",
        arguments: ["h", "h:80", "h:", "127.0.0.1:65535", "[::1]", "[2001:db8::1]:8080", "a-b.c_d~e", "%41"])
    func hosts(host: String) {
        #expect(ReadRequests("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n").requests.first?.host == host)
    }

    @Test("lengths of lines and the number of fields have limits, also before a line ends")
    func limits() {
        var limits = RequestLimits()
        limits.headerBytes = 200
        limits.headerFields = 3
        limits.targetBytes = 50
        func status(_ text: String) -> Int? { ReadRequests(text, limits: limits).refusal?.status }
        let long = String(repeating: "x", count: 500)
        #expect(status("GET /\(long) HTTP/1.1\r\n") == 414 && status("GET /\(long)") == 414)
        #expect(status("\(long)\(long)") == 414, "a method without an end")
        #expect(status("GET /\(long.prefix(49)) HTTP/1.1\r\n\(Self.host)\r\n") == nil)
        #expect(status("GET /\(long.prefix(50)) HTTP/1.1\r\n\(Self.host)\r\n") == 414)
        #expect(status("GET / HTTP/1.1\r\nX: \(long)\r\n") == 431 && status("GET / HTTP/1.1\r\nX: \(long)") == 431)
        #expect(status("GET / HTTP/1.1\r\n\(Self.host)A: b\r\nC: d\r\n\r\n") == nil)
        #expect(status("GET / HTTP/1.1\r\n\(Self.host)A: b\r\nC: d\r\nE: f\r\n\r\n") == 431)
        let chunked = "POST / HTTP/1.1\r\n\(Self.host)Transfer-Encoding: chunked\r\n\r\n"
        #expect(status(chunked + "1;\(long)\r\nx\r\n") == 431)
        #expect(status(chunked + "0\r\nA: b\r\nC: d\r\nE: f\r\nG: h\r\n\r\n") == 431)
        let many = (0..<200).map { _ in "1\r\nx\r\n" }.joined()
        #expect(status(chunked + many + "0\r\n\r\n") == nil, "sizes are no header")
    }

    @Test("a client that waits for 100 Continue is known by its head, and HTTP/1.0 has no such thing")
    func expectation() throws {
        for (version, waits) in [("1.1", true), ("1.0", false)] {
            var parser = RequestParser(RequestLimits())
            let text = Array(
                "POST / HTTP/\(version)\r\n\(Self.host)Expect: 100-Continue\r\nContent-Length: 1\r\n\r\n".utf8)
            let event = try text.withUnsafeBufferPointer { bytes in
                var cursor = 0
                return try parser.next(bytes, &cursor)
            }
            #expect(event == .head && parser.head.expectsContinue == waits)
        }
    }
}
