import HTTP
import TestSupport
import Testing

/// What is no request, or could be read as two different ones (RFC 9112 sections 2, 3, 5 and 11).
@Suite struct RequestRefusalTests {
    private func refusal(_ text: String, _ limits: RequestLimits = RequestLimits()) -> RequestError? {
        let whole = ReadRequests(text, limits)
        // Whatever it is, it must not depend on how the network cut it up.
        #expect(ReadRequests(Pieces.of(bytes(text), each: 1), limits) == whole)
        #expect(ReadRequests(Pieces.of(bytes(text), each: 5), limits) == whole)
        return whole.refusal
    }

    // MARK: Request line

    @Test(
        "a request line is three parts with one space between them, and no other bytes",
        arguments: [
            "GET /", "GET", "GET ", " GET / HTTP/1.1", "GET  / HTTP/1.1", "GET /  HTTP/1.1", "GET / HTTP/1.1 ",
            "GET\t/ HTTP/1.1", "GET /\tHTTP/1.1", "GET / x HTTP/1.1", "GE(T / HTTP/1.1", "G\u{E9}T / HTTP/1.1",
            "GET /\u{0} HTTP/1.1", "GET /\u{1}b HTTP/1.1", "GET /\u{7F} HTTP/1.1", "GET /\u{E9} HTTP/1.1",
            "GET /\r HTTP/1.1", "GET / HTTP/1.1\r", "GET / http/1.1", "GET / HTTP/1", "GET / HTTP/11",
            "GET / HTTP/1.10",
            "GET / HTTP/ 1.1", "GET / HTTP/a.b", "GET / HTTP/-1.1", "GET / HTTPS/1.1", "GET / HTTP/1,1", "\u{0}", "{}",
            "\rGET / HTTP/1.1", "GET HTTP/1.1",
        ])
    func badRequestLine(line: String) {
        #expect(refusal("\(line)\r\nHost: h\r\n\r\n") == .badRequestLine)
    }

    @Test(
        "a version other than 1.0 and 1.1 is not spoken, HTTP/2's greeting among them",
        arguments: ["GET / HTTP/0.9", "GET / HTTP/1.2", "GET / HTTP/2.0", "GET / HTTP/3.0", "PRI * HTTP/2.0"])
    func badVersion(line: String) {
        #expect(refusal("\(line)\r\nHost: h\r\n\r\nSM\r\n\r\n") == .badVersion)
    }

    @Test(
        "what another protocol greets with is refused at once, though its line has no end",
        arguments: [
            "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}", "\u{16}\n", "\u{0}", "SSH-2.0-x\u{7F}", "\u{80}", "{\"", "\r\u{16}",
            "\rG", "\u{4}\u{1}",
        ])
    func otherProtocols(greeting: String) {
        #expect(refusal(greeting) == .badRequestLine)
    }

    @Test(
        "a line ends in CR and LF, neither of which stands alone",
        arguments: [
            "GET / HTTP/1.1\nHost: h\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\n\n",
            "GET / HTTP/1.1\r\nHost: h\r\nA: b\nC: d\r\n\r\n",
        ])
    func bareLineFeed(text: String) {
        #expect(refusal(text) == .malformed(.bareLineFeed))
    }

    // MARK: Fields

    @Test(
        "a field line is a token, a colon and text, on one line",
        arguments: [
            "A : b", "A\t: b", ": b", "A", "", " A: b", "\tA: b", "A b: c", "A(: b", "\u{E9}: b", "A: b\r\n c",
            "A: b\r\n\tc",
            "A: \u{0}", "A: b\u{1}", "A: \u{7F}", "A: b\rc", "A: b\r", "A\u{0}: b",
            "A: long enough for eight \u{B} at once",
        ].filter { !$0.isEmpty })
    func badField(line: String) {
        #expect(refusal("GET / HTTP/1.1\r\nHost: h\r\n\(line)\r\n\r\n") == .malformed(.badField))
    }

    @Test("a field line that is folded right behind the request line is refused as well")
    func foldedFirst() {
        #expect(refusal("GET / HTTP/1.1\r\n Host: h\r\n\r\n") == .malformed(.badField))
    }

    @Test(
        "a value may have any byte but control bytes", arguments: ["\u{80}\u{FF}", "a\tb", "\"a\" (b)", "a:b:c", "~"])
    func goodValue(value: String) {
        #expect(ReadRequests("GET / HTTP/1.1\r\nHost: h\r\nA: \(value)\r\n\r\n").complete.count == 1)
    }

    // MARK: Limits

    @Test("a target may be as long as its limit, and one byte more is 414")
    func longTarget() {
        var limits = RequestLimits()
        limits.targetBytes = 100
        func text(_ count: Int) -> String { "GET /\(String(repeating: "a", count: count - 1)) HTTP/1.0\r\n\r\n" }
        #expect(refusal(text(100), limits) == nil)
        #expect(refusal(text(101), limits) == .targetTooLong)
        #expect(refusal(text(10_000), limits) == .targetTooLong)
        #expect(refusal("GET /" + String(repeating: "a", count: 10_000), limits) == .targetTooLong)
        // Nor is there more to a long method than what a line may have.
        #expect(refusal(String(repeating: "G", count: 10_000), limits) == .targetTooLong)
        #expect(refusal(String(repeating: "G", count: 300) + "\u{0}", limits) == .targetTooLong)
        // What is no request line is not long, but none.
        #expect(refusal("G\u{1}" + String(repeating: "a", count: 10_000), limits) == .badRequestLine)
    }

    @Test("empty lines before a request have a limit too")
    func manyEmptyLines() {
        var limits = RequestLimits()
        limits.targetBytes = 100
        #expect(refusal(String(repeating: "\r\n", count: 100), limits) == nil)
        #expect(refusal(String(repeating: "\r\n", count: 10_000), limits) != nil)
    }

    @Test("fields may have as many bytes as their limit, ends and the empty line included, and one more is 431")
    func longFields() {
        var limits = RequestLimits()
        limits.headerBytes = 60
        func text(_ count: Int) -> String {
            "GET / HTTP/1.1\r\nHost: h\r\nA: \(String(repeating: "b", count: count - 16))\r\n\r\n"
        }
        #expect(refusal(text(60), limits) == nil)
        #expect(refusal(text(61), limits) == .headerTooLong)
        #expect(refusal(text(100_000), limits) == .headerTooLong)
    }

    @Test("there may be as many fields as their limit, and one more is 431")
    func manyFields() {
        var limits = RequestLimits()
        limits.headerFields = 5
        func text(_ count: Int) -> String {
            "GET / HTTP/1.1\r\nHost: h\r\n\(String(repeating: "A: b\r\n", count: count - 1))\r\n"
        }
        #expect(refusal(text(5), limits) == nil)
        #expect(refusal(text(6), limits) == .headerTooLong)
        // Each request has its own.
        #expect(refusal(text(5) + text(5) + text(5), limits) == nil)
    }

    @Test("a field of more than 64 KiB is found among others where the limit lets it in")
    func hugeField() {
        var limits = RequestLimits()
        limits.headerBytes = 1 << 20
        let huge = String(repeating: "x", count: 200_000)
        let one = ReadRequests("GET / HTTP/1.1\r\nHost: h\r\nA: \(huge)\r\nB: b\r\n\r\n", limits).complete.first
        #expect(one?.a == huge)
        #expect(one?.b == "b")
    }
}
