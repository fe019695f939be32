import HTTP
import TestSupport
import Testing

/// How long an answer is, and what may follow it (RFC 9112 sections 6 and 9.3).
@Suite struct ResponseFramingTests {
    private func read(_ line: String = "HTTP/1.1 200 OK", _ fields: String..., body: String = "ok") -> ReadAnswer {
        ReadAnswer("\(line)\r\n\(fields.map { $0 + "\r\n" }.joined())\r\n\(body)")
    }

    // MARK: Length, RFC 9110 section 8.6

    @Test(
        "a length is digits, with blanks around them and zeros before them",
        arguments: [
            ("2", 2), (" 2 ", 2), ("\t2\t ", 2), ("002", 2), ("0", 0), ("00", 0),
            ("0000000000000000000000000000000000000000000000000000000000000002", 2),
        ])
    func goodLength(value: String, length: Int) {
        let answer = read("HTTP/1.1 200 OK", "Content-Length:\(value)")
        #expect(answer.end == .complete)
        #expect(answer.contentLength == length)
        #expect(answer.body.count == length)
        #expect(answer.rest == 2 - length)
    }

    @Test(
        "anything else is no length",
        arguments: [
            "", "+2", "-2", "-0", "2 2", "2,2", "2, 2", "2,", ",2", "2;", "2.0", "0x2", "2e0", "two", "\"2\"",
            "2\u{B2}",
            "\u{B2}", "99999999999999999999999x",
        ])
    func badLength(value: String) {
        #expect(read("HTTP/1.1 200 OK", "Content-Length: \(value)").refusal == .badLength)
    }

    @Test(
        "a length that is too large for an Int is the largest Int, and never reached",
        arguments: [
            ("922337203685477579", 922_337_203_685_477_579), ("9223372036854775800", Int.max),
            ("9223372036854775807", Int.max), ("9223372036854775808", Int.max), ("18446744073709551618", Int.max),
            ("99999999999999999999999999999999999999999999999999", Int.max),
        ])
    func largeLength(value: String, length: Int) {
        let answer = read("HTTP/1.1 200 OK", "Content-Length: \(value)")
        #expect(answer.contentLength == length)
        #expect(answer.end == .open)
    }

    @Test("a second length is refused, the same one too", arguments: ["2", "3"])
    func twoLengths(second: String) {
        #expect(read("HTTP/1.1 200 OK", "Content-Length: 2", "Content-Length: \(second)").refusal == .badLength)
    }

    @Test("a body of which a part was taken elsewhere ends where its length says", arguments: [1, 2, 9, 10])
    func passedOver(count: Int) throws {
        var parser = ResponseParser()
        func next(_ text: String, from start: Int = 0) throws -> (event: ResponseParser.Event, cursor: Int) {
            var cursor = start
            let event = try Array(text.utf8).withUnsafeBufferPointer { try parser.next($0, &cursor) }
            return (event, cursor)
        }
        #expect(try next("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n").event == .head)
        #expect(parser.bodyLeft == 10)
        parser.passOver(count)
        #expect(parser.bodyLeft == 10 - count)
        let rest = "0123456789HTTP"
        if count < 10 { #expect(try next(rest).event == .body(0..<(10 - count))) }
        let end = try next(rest, from: 10 - count)
        #expect(end.event == .end && end.cursor == 10 - count && parser.keepsAlive)
    }

    @Test("a body that is shorter than its length is not complete, whatever ends it")
    func shortBody() {
        #expect(read("HTTP/1.1 200 OK", "Content-Length: 3").end == .open)
        #expect(read("HTTP/1.1 200 OK", "Content-Length: 3", "Connection: close").end == .open)
        #expect(read("HTTP/1.0 200 OK", "Content-Length: 3").end == .open)
    }

    // MARK: Transfer coding, RFC 9112 section 6.1

    @Test(
        "no transfer coding but chunked alone is known",
        arguments: [
            "", "gzip", "identity", "gzip, chunked", "chunked, gzip", "chunked, chunked", "chunked,", ",chunked",
            "chunked;a=b", "xchunked", "chunkedx", "\"chunked\"", "chunke", "chunked\u{A0}",
        ])
    func badCoding(value: String) {
        #expect(read("HTTP/1.1 200 OK", "Transfer-Encoding: \(value)").refusal == .badCoding)
    }

    @Test("a transfer coding stands once, alone, and not in HTTP/1.0")
    func ambiguousCoding() {
        let chunked = "Transfer-Encoding: chunked"
        #expect(read("HTTP/1.1 200 OK", chunked, chunked).refusal == .badCoding)
        #expect(read("HTTP/1.1 200 OK", "Content-Length: 2", chunked).refusal == .badCoding)
        #expect(read("HTTP/1.1 200 OK", chunked, "Content-Length: 2").refusal == .badLength)
        #expect(read("HTTP/1.0 200 OK", chunked).refusal == .badCoding)
    }

    // MARK: Without a body, RFC 9112 section 6.3

    @Test("an answer to HEAD has no body whatever its fields say")
    func head() {
        for field in ["Content-Length: 2", "Transfer-Encoding: chunked", "A: b"] {
            let answer = ReadAnswer("HTTP/1.1 200 OK\r\n\(field)\r\n\r\n", isHead: true)
            #expect(answer.end == .complete)
            #expect(answer.body.isEmpty)
            #expect(answer.keepsAlive)
            #expect(answer.contentLength == 0)
        }
        #expect(ReadAnswer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", isHead: true).rest == 2)
    }

    @Test("204 and 304 have no body; a connection on which 204 announces one is not kept")
    func noBody() {
        for status in ["204 No Content", "304 Not Modified"] {
            let answer = read("HTTP/1.1 \(status)", body: "")
            #expect(answer.end == .complete)
            #expect(answer.keepsAlive)
            #expect(read("HTTP/1.1 \(status)").rest == 2)
        }
        let encoded = read("HTTP/1.1 304 Not Modified", "Content-Length: 2", "Content-Encoding: gzip", body: "")
        #expect(encoded.keepsAlive)
        #expect(encoded.contentLength == 0)
        #expect(!encoded.isEncoded)
        #expect(read("HTTP/1.1 204 No Content", "Content-Length: 0", body: "").keepsAlive)
        #expect(!read("HTTP/1.1 204 No Content", "Content-Length: 2", body: "").keepsAlive)
        #expect(!read("HTTP/1.1 204 No Content", "Transfer-Encoding: chunked", body: "").keepsAlive)
    }

    @Test("a body without a length goes on until the connection ends, which is then used up")
    func untilClose() {
        for line in ["HTTP/1.1 200 OK", "HTTP/1.0 200 OK", "HTTP/1.1 500 Oops"] {
            let answer = read(line, "Connection: keep-alive")
            #expect(answer.end == .closed)
            #expect(text(answer.body) == "ok")
            #expect(answer.contentLength == nil)
            #expect(!answer.keepsAlive)
        }
        #expect(read(body: "").end == .closed)
    }

    @Test("a connection that ends in the head or in a chunk ends no answer")
    func earlyClose() {
        let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nA: b\r\n\r\n"
        for count in 0..<answer.unicodeScalars.count {
            #expect(ReadAnswer([bytes(answer)[..<count]]).end == .open)
        }
        #expect(ReadAnswer(answer).end == .complete)
    }

    // MARK: Interim answers, RFC 9110 section 15.2

    @Test("interim answers are passed over, whatever they say of themselves")
    func interim() {
        let interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n"
        let encoded = "Content-Encoding: gzip\r\nContent-Length: 7\r\n\r\n"
        let answer = ReadAnswer(interim + encoded + "HTTP/1.1 201 Made\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
        #expect(answer.end == .complete)
        #expect(answer.status == 201)
        #expect(answer.heads == 1)
        #expect(answer.keepsAlive)
        #expect(!answer.isEncoded)
        #expect(answer.contentLength == nil)
        #expect(ReadAnswer(interim + encoded).end == .open)
    }

    @Test("an interim answer that ends the connection ends it after the final one", arguments: ["1.0", "1.1"])
    func interimClose(version: String) {
        let field = version == "1.0" ? "A: b" : "Connection: close"
        let interim = "HTTP/\(version) 100 Continue\r\n\(field)\r\n\r\n"
        let answer = ReadAnswer("\(interim)HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        #expect(answer.end == .complete)
        #expect(!answer.keepsAlive)
    }

    @Test("the status is not known before the final head")
    func interimStatus() throws {
        var parser = ResponseParser()
        var cursor = 0
        let event = try bytes("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200").withUnsafeBufferPointer {
            try parser.next($0, &cursor)
        }
        #expect(event == .more)
        #expect(parser.status == 0)
    }

    @Test("nobody asked to switch protocols")
    func upgrade() {
        let fields = "Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n"
        #expect(ReadAnswer("HTTP/1.1 101 Switching Protocols\r\n\(fields)").refusal == .unwantedUpgrade)
        let second = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 Switching Protocols\r\n\(fields)"
        #expect(ReadAnswer(second).refusal == .unwantedUpgrade)
    }

    // MARK: Persistence, RFC 9112 section 9.3

    @Test(
        "HTTP/1.1 keeps its connection unless it says close, HTTP/1.0 only where it says keep-alive",
        arguments: [
            ("1.1", nil, true), ("1.1", "keep-alive", true), ("1.1", "close", false), ("1.1", "Close", false),
            ("1.1", "keep-alive, close", false), ("1.1", "close, keep-alive", false), ("1.1", "a ,\tclose ,b", false),
            ("1.1", ",,close", false), ("1.1", "closed", true), ("1.1", "xclose", true), ("1.1", "close;a", true),
            ("1.1", "", true), ("1.1", ",", true), ("1.0", nil, false), ("1.0", "keep-alive", true),
            ("1.0", "Keep-Alive", true), ("1.0", "a, keep-alive", true), ("1.0", "close", false), ("1.0", "a", false),
            ("1.0", "keep-alive, close", false),
        ])
    func persistence(version: String, connection: String?, keepsAlive: Bool) {
        let field = connection.map { "Connection: \($0)" } ?? "A: b"
        let answer = read("HTTP/\(version) 200 OK", "Content-Length: 2", field)
        #expect(answer.end == .complete)
        #expect(answer.keepsAlive == keepsAlive)
    }

    @Test("close in one of several fields is close")
    func severalFields() {
        let answer = read("HTTP/1.1 200 OK", "Connection: a", "Connection: close", "Connection: b", "Content-Length: 2")
        #expect(!answer.keepsAlive)
    }

    // MARK: One after the other

    @Test("bytes behind the end are left, and nothing more is read")
    func rest() {
        #expect(read("HTTP/1.1 200 OK", "Content-Length: 2", body: "ok!").rest == 1)
        #expect(read("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", body: "0\r\n\r\nHTTP").rest == 4)
        #expect(read("HTTP/1.1 304 Not Modified", body: "\r\n").rest == 2)
    }

    @Test("a parser that begins anew has forgotten all of the last answer, a broken one included")
    func again() throws {
        let fresh = ResponseParser()
        for answer in [
            "HTTP/1.0 200 OK\r\nConnection: close\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx", "HTTP/1.1 200 OK\r\nA: b", "HTTP/1.1 200 OK\n",
        ] {
            var parser = fresh
            bytes(answer).withUnsafeBufferPointer { buffer in
                var cursor = 0
                while let event = try? parser.next(buffer, &cursor), event != .more, event != .end {}
            }
            parser.begin()
            let events = try bytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").withUnsafeBufferPointer { buffer in
                var cursor = 0
                return [try parser.next(buffer, &cursor), try parser.next(buffer, &cursor)]
            }
            #expect(events == [.head, .end])
            #expect(parser.keepsAlive)
            #expect(!parser.isEncoded)
            #expect(parser.contentLength == 0)
        }
    }
}
