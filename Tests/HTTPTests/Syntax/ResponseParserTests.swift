import HTTP
import TestSupport
import Testing

@Suite struct ResponseParserTests {
    /// The fields of an answer to read, between its status line and a body of two bytes.
    private func read(fields: String, body: String = "ok") -> ReadAnswer {
        ReadAnswer("HTTP/1.1 200 OK\r\n\(fields)\r\n\r\n\(body)")
    }

    @Test("an answer with a length is its status and so many bytes, and its connection is kept")
    func length() {
        let answer = ReadAnswer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        #expect(answer.end == .complete)
        #expect(answer.status == 200)
        #expect(text(answer.body) == "ok")
        #expect(answer.keepsAlive)
        #expect(answer.contentLength == 2)
        #expect(answer.heads == 1)
        #expect(answer.rest == 0)
    }

    // MARK: Status line, RFC 9112 section 4

    @Test(
        "a status line may be of HTTP/1.0, have any three digits from 100 on, and no reason",
        arguments: [
            ("HTTP/1.1 200 OK", 200), ("HTTP/1.0 200 OK", 200), ("HTTP/1.1 200 ", 200), ("HTTP/1.1 200", 200),
            ("HTTP/1.1 404 Not Found", 404), ("HTTP/1.1 599 \u{E9}\u{FF}\t!", 599), ("HTTP/1.1 999 Odd", 999),
            ("HTTP/1.1 204  two", 204),
        ])
    func goodStatusLine(line: String, status: Int) {
        let answer = ReadAnswer("\(line)\r\nContent-Length: 0\r\n\r\n")
        #expect(answer.end == .complete)
        #expect(answer.status == status)
    }

    @Test(
        "any other status line is refused",
        arguments: [
            "", " ", "HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 20", "HTTP/1.1 2000 OK", "HTTP/1.1 200OK", "HTTP/1.1  200 OK",
            "HTTP/1.1\t200 OK", "HTTP/1.1 200\tOK", "HTTP/1.1 +20 OK", "HTTP/1.1 2x0 OK", "HTTP/1.1 099 OK",
            "HTTP/1.1 000 OK", "HTTP/1.2 200 OK", "HTTP/2 200 OK", "HTTP/2.0 200 OK", "HTTP/0.9 200 OK",
            "HTTP/1.10 200 OK", "HTTP/11 200 OK", "HTTP/1 200 OK", "http/1.1 200 OK", " HTTP/1.1 200 OK",
            "ICY 200 OK", "HTTP 1.1 200 OK", "200 OK", "GET / HTTP/1.1", "<html>", "HTTP/1.1 200 O\0K",
            "HTTP/1.1 200 O\rK", "HTTP/1.1 200 O\u{7F}K", "HTTP/1.1 200 \u{1B}[31m", "HTTP/1.1 \u{B2}00 OK",
        ])
    func badStatusLine(line: String) {
        #expect(ReadAnswer("\(line)\r\nContent-Length: 0\r\n\r\n").refusal == .badStatusLine)
    }

    @Test(
        "what does not begin as a status line is refused before its line ends",
        arguments: ["S", "HX", "HTTP/2", "HTTP/1,", "\0", "\r", "SSH-2.0-OpenSSH"])
    func notHTTP(start: String) {
        #expect(ReadAnswer(start).refusal == .badStatusLine)
        #expect(ReadAnswer(bytes(start).map { [$0][...] }).refusal == .badStatusLine)
    }

    @Test("the beginning of a status line is waited for", arguments: ["", "H", "HTTP/1.", "HTTP/1.0", "HTTP/1.1 20"])
    func partialStatusLine(start: String) {
        #expect(ReadAnswer(start).end == .open)
    }

    // MARK: Lines, RFC 9112 section 2.2

    @Test(
        "a line feed without its carriage return is refused wherever a line ends",
        arguments: [
            "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\n", "HTTP/1.1 200 OK\r\nA: b\n c\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\nok\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a\nb\r\nok\r\n0\r\n\r\n",
        ])
    func bareLineFeed(answer: String) {
        #expect(ReadAnswer(answer).refusal == .bareLineFeed)
    }

    @Test("a carriage return alone ends no line", arguments: ["A: b\rB: c", "A: b\r", "A\r: b", "\rA: b", "A:\rb"])
    func bareCarriageReturn(fields: String) {
        #expect(read(fields: fields).refusal == .badField)
    }

    // MARK: Fields, RFC 9112 section 5 and RFC 9110 section 5

    @Test(
        "a field is a token, its colon, and any text",
        arguments: [
            "A:", "A: ", "a:b", "A:\tb\t", "A: b: c, \"d\"; e=f", "X_1.2-3!#$%&'*+^`|~: x", "A: \u{E9}\u{80}\u{FF}",
            "Set-Cookie: a=b; Path=/\r\nSet-Cookie: c=d", "0: 1",
        ])
    func goodField(fields: String) {
        let answer = read(fields: "\(fields)\r\nContent-Length: 2")
        #expect(answer.end == .complete)
        #expect(text(answer.body) == "ok")
    }

    @Test(
        "anything else is no field, a folded line and a blank before the colon included",
        arguments: [
            "A", ":", ": b", "A : b", "A\t: b", " A: b", "\tA: b", "A: b\r\n c", "A: b\r\n\tc", "A: b\r\n ", "A b: c",
            "A(: b", "A/: b", "A[: b", "A{: b", "A\"b: c", "A,: b", "A;: b", "A=: b", "A?: b", "A@: b", "A\\: b",
            "A\u{E9}: b", "A\0: b", "A: \0", "A: b\0c", "A: \u{1}", "A: \u{8}", "A: \u{B}", "A: \u{1F}", "A: \u{7F}",
            "HTTP/1.1 200 OK",
        ])
    func badField(fields: String) {
        #expect(read(fields: "\(fields)\r\nContent-Length: 2").refusal == .badField)
        #expect(read(fields: "Content-Length: 2\r\n\(fields)").refusal == .badField)
    }

    @Test("the names of fields and their words are the same in either case")
    func letterCase() {
        #expect(read(fields: "CONTENT-LENGTH: 2").contentLength == 2)
        #expect(text(read(fields: "tRANSFER-eNCODING: cHUNKED", body: "2\r\nok\r\n0\r\n\r\n").body) == "ok")
        #expect(!read(fields: "content-length: 2\r\nCONNECTION: CLOSE").keepsAlive)
        #expect(read(fields: "content-length: 2\r\nCONTENT-encoding: GZIP").isEncoded)
        // One bit beside a letter is not that letter.
        #expect(read(fields: "Content\rLength: 2").refusal == .badField)
        #expect(read(fields: "C/ntent-Length: 2").refusal == .badField)
        #expect(read(fields: "Content-Lengt\u{48}: 2").contentLength == 2)
    }

    // MARK: Content coding, RFC 9110 section 8.4

    @Test("a coding is one that has to be undone", arguments: ["gzip", "br", "x-gzip", "identity, gzip", "a", "\"\""])
    func coding(value: String) {
        #expect(read(fields: "Content-Length: 2\r\nContent-Encoding: \(value)").isEncoded)
        #expect(read(fields: "Content-Encoding: \(value)\r\nContent-Encoding: identity").isEncoded)
    }

    @Test("identity is no coding", arguments: ["identity", "Identity", "", " \t"])
    func noCoding(value: String) {
        #expect(!read(fields: "Content-Length: 2\r\nContent-Encoding: \(value)").isEncoded)
    }
}
