import HTTP
import TestSupport
import Testing

/// How long a request is (RFC 9112 sections 6 and 7): that has one answer, or it is refused.
@Suite struct RequestBodyTests {
    private func read(_ fields: String..., version: String = "1.1", body: String = "") -> ReadRequests {
        let head = "POST / HTTP/\(version)\r\nHost: h\r\n\(fields.map { $0 + "\r\n" }.joined())\r\n"
        let whole = ReadRequests(head + body)
        #expect(ReadRequests(Pieces.of(bytes(head + body), each: 1)) == whole)
        return whole
    }

    private func chunked(_ body: String) -> ReadRequests { read("Transfer-Encoding: chunked", body: body) }

    // MARK: Length

    @Test("a request without length and coding has no body, and the next one follows at once")
    func none() {
        let requests = read(body: "GET / HTTP/1.0\r\n\r\n")
        #expect(requests.complete.map(\.method) == ["POST", "GET"])
        #expect(requests.complete[0].body.isEmpty)
    }

    @Test(
        "a length is digits, with blanks around them and zeros before them",
        arguments: [
            ("2", 2), ("\t 2 \t", 2), ("002", 2), ("0", 0), ("00", 0),
        ])
    func goodLength(value: String, length: Int) {
        let body = String("ok".prefix(length))
        let requests = read("Content-Length:\(value)", body: body + "GET /2 HTTP/1.0\r\n\r\n")
        #expect(requests.complete.map(\.target) == ["/", "/2"])
        #expect(requests.complete.first?.body == bytes(body))
        #expect(requests.complete.first?.contentLength == length)
    }

    @Test(
        "anything else is no length",
        arguments: [
            "", "+2", "-2", "-0", "2 2", "2,2", "2, 2", ",2", "2;", "2.0", "0x2", "2e0", "two", "\"2\"", "\u{B2}", "A",
        ])
    func badLength(value: String) {
        #expect(read("Content-Length: \(value)", body: "ok").refusal == .malformed(.badLength))
    }

    @Test(
        "a length that no Int holds is the largest Int, and no limit lets it in",
        arguments: [
            "9223372036854775808", "18446744073709551618", "99999999999999999999999999999999999999",
        ])
    func hugeLength(value: String) {
        #expect(read("Content-Length: \(value)", body: "ok").begun?.contentLength == .max)
    }

    @Test("a second length is refused, the same one too", arguments: ["2", "3", "0"])
    func twoLengths(second: String) {
        #expect(read("Content-Length: 2", "Content-Length: \(second)").refusal == .malformed(.badLength))
    }

    @Test("a body that is not whole is inside its request")
    func shortBody() {
        let requests = read("Content-Length: 3", body: "ok")
        #expect(requests.complete.isEmpty && requests.isInside)
        #expect(requests.begun?.body == Array("ok".utf8))
    }

    // MARK: Coding

    @Test("a length beside a coding is refused, whichever comes first")
    func both() {
        let refusals = [
            read("Content-Length: 2", "Transfer-Encoding: chunked").refusal,
            read("Transfer-Encoding: chunked", "Content-Length: 2").refusal,
            read("Transfer-Encoding: chunked", "Content-Length: x").refusal,
            read("Transfer-Encoding: chunked", "Transfer-Encoding: chunked").refusal,
            read("Transfer-Encoding: chunked", version: "1.0").refusal,
        ]
        #expect(refusals == Array(repeating: .malformed(.badCoding), count: 5))
    }

    @Test(
        "no transfer coding but chunked alone is known",
        arguments: [
            "", "gzip", "identity", "gzip, chunked", "chunked, gzip", "chunked, chunked", "chunked,", ",chunked",
            "chunked;a=b",
            "xchunked", "chunkedx", "\"chunked\"", "chunked\u{A0}", "chunke",
        ])
    func unknownCoding(value: String) {
        #expect(read("Transfer-Encoding: \(value)").refusal == .unknownCoding)
    }

    @Test(
        "a name that only looks like one of a length or a coding says nothing",
        arguments: [
            "Content_Length: 9", "Content-Lengths: 9", "XContent-Length: 9", "Transfer_Encoding: chunked",
            "TE: chunked",
        ])
    func lookalikes(field: String) {
        #expect(read(field).complete.count == 1)
    }

    // MARK: Chunks

    @Test(
        "a body in chunks is their data, whatever it looks like",
        arguments: [
            ("0\r\n\r\n", ""), ("2\r\nok\r\n0\r\n\r\n", "ok"), ("1\r\n\n\r\n1\r\n\r\r\n0\r\n\r\n", "\n\r"),
            ("00002\r\nok\r\n000\r\n\r\n", "ok"),
            ("A\r\n0123456789\r\na\r\n9876543210\r\n0\r\n\r\n", "01234567899876543210"),
            ("5\r\n0\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n"), ("2;a=b\r\nok\r\n0;c\r\n\r\n", "ok"),
            ("2 ;a=\"\r\nok\r\n0\t;\r\n\r\n", "ok"),
            ("2\r\nok\r\n0\r\nA: b\r\nContent-Length: 9\r\n\r\n", "ok"),
        ])
    func chunks(body: String, data: String) {
        let requests = chunked(body + "GET /next HTTP/1.0\r\n\r\n")
        #expect(requests.complete.map(\.target) == ["/", "/next"])
        #expect(requests.complete.first.map { text($0.body) } == data)
        #expect(requests.complete.first?.a == nil, "a trailer is no field of the head")
    }

    @Test(
        "what is no chunk is refused",
        arguments: [
            "\r\n", "x\r\n", "-1\r\n", "+1\r\n", " 1\r\n", "0x1\r\n", "1 \r\n", "1 1\r\n", "1,\r\n", "1\t\r\n",
            ";a\r\n", "1;\u{0}\r\n",
            "2\r\nokk\r\n", "1000000000000000\r\n", "ffffffffffffffff\r\n",
            "0000000000000000\r\n",
            "99999999999999999999\r\n", "1\u{A0}\r\n",
        ])
    func badChunk(body: String) {
        #expect(chunked(body).refusal == .malformed(.badChunk))
    }

    @Test(
        "lines between chunks end in CR and LF",
        arguments: ["1\nx\r\n", "2\r\no\r\n0\r\n\r\n", "1\r\nx\n", "1;a\n", "0\r\n\n", "0\r\nA: b\n\r\n"])
    func bareLineFeed(body: String) {
        #expect(chunked(body).refusal == .malformed(.bareLineFeed))
    }

    @Test("a trailer is a field line", arguments: ["A : b", " A: b", "A", "A: b\r\n c", "A: \u{1}"])
    func badTrailer(line: String) {
        #expect(chunked("0\r\n\(line)\r\n\r\n").refusal == .malformed(.badField))
    }

    @Test("extensions and trailers share the header's limits, and sizes do not count, so a body may have many chunks")
    func limits() {
        var limits = RequestLimits()
        limits.headerBytes = 200
        limits.headerFields = 3
        func read(_ body: String) -> ReadRequests {
            let text = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n\(body)"
            let whole = ReadRequests(text, limits)
            #expect(ReadRequests(Pieces.of(bytes(text), each: 1), limits) == whole)
            return whole
        }
        let many = read(String(repeating: "1\r\nx\r\n", count: 1_000) + "0\r\n\r\n")
        #expect(many.complete.first?.body.count == 1_000)
        #expect(read(String(repeating: "1;abcdef\r\nx\r\n", count: 1_000)).refusal == .headerTooLong)
        #expect(read("1;" + String(repeating: "a", count: 1_000)).refusal == .headerTooLong)
        #expect(read("0\r\n" + String(repeating: "A: b\r\n", count: 3) + "\r\n").complete.count == 1)
        #expect(read("0\r\n" + String(repeating: "A: b\r\n", count: 4) + "\r\n").refusal == .headerTooLong)
        #expect(read("0\r\nA: " + String(repeating: "b", count: 1_000)).refusal == .headerTooLong)
    }
}
