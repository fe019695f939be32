import TestSupport
import Testing

/// The parser on answers that are made up, cut up and spoiled.
@Suite struct ResponseGeneratedTests {
    private static let good = [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.1 204 No Content\r\nDate: now\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nuntil\r\n\r\nthe end",
        "HTTP/1.1 500 \r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nA;x=\"y\"\r\n0123456789\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n001\r\n\r\r\n1 ;a\r\n\n\r\n00;b\r\nA: b\r\nC:\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 201 Made\r\nContent-Length: 1\r\n\r\ny",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\u{1F}\u{8B}\u{8}",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n",
    ]

    @Test(
        "an answer is the same however its bytes come, in two pieces, in single bytes, and with empty pieces",
        arguments: good)
    func splits(answer: String) {
        let whole = bytes(answer)
        let read = ReadAnswer(answer)
        #expect(read.end == .complete || read.end == .closed)
        for place in 0...whole.count {
            #expect(ReadAnswer([whole[..<place], whole[place...]]) == read)
            #expect(ReadAnswer([whole[..<place], [], whole[place...], []]) == read)
        }
        #expect(ReadAnswer(Pieces.of(whole, each: 1)) == read)
        #expect(ReadAnswer(Pieces.of(whole, each: 3)) == read)
    }

    @Test("the body of a generated answer is what was put in, whatever its coding, its chunks and its pieces")
    func roundTrip() {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<3_000 {
            let body = (0..<Int.random(in: 0...300, using: &random)).map { _ in
                random.pick([0x0D, 0x0A, 0x30, UInt8.random(in: 0...255, using: &random)])
            }
            let (answer, end) = random.answer(body)
            let read = ReadAnswer(random.pieces(answer))
            #expect(read.end == end)
            #expect(read.body == body)
            #expect(read.rest == 0)
            #expect(read.heads == 1)
        }
    }

    @Test(
        "a spoiled answer never crashes its reader, is the same in pieces, and ends only where all its bytes were read")
    func mutations() {
        var random = SeededGenerator(seed: 12)
        for round in 0..<20_000 {
            var answer = bytes(Self.good[round % Self.good.count])
            random.spoil(&answer)
            let whole = ReadAnswer([answer[...]])
            let pieces = ReadAnswer(random.pieces(answer))
            #expect(whole == pieces, "\(text(answer))")
            #expect(whole.body.count <= answer.count)
            #expect(whole.contradiction == nil, "\(text(answer))")
        }
    }

    @Test("an answer with a length or in chunks that was cut short is never complete")
    func cutShort() {
        var random = SeededGenerator(seed: 13)
        for _ in 0..<2_000 {
            let (answer, end) = random.answer([1, 2, 3])
            guard end == .complete else { continue }
            let count = Int.random(in: 0..<answer.count, using: &random)
            #expect(ReadAnswer(random.pieces(Array(answer[..<count]))).end == .open)
        }
    }
}

extension SeededGenerator {
    /// An answer with a body, and how it ends.
    fileprivate mutating func answer(_ body: [UInt8]) -> ([UInt8], ReadAnswer.End) {
        var answer: [UInt8] = []
        for _ in 0..<pick([0, 0, 0, 1, 2]) { answer += bytes("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n") }
        answer += bytes("HTTP/1.1 \(pick([200, 201, 404, 503])) \(pick(["OK", "", "Not At All"]))\r\n")
        let filler = ["Date: now\r\n", "Server:x\r\n", "X-Y: \u{E9}\t\"z\"\r\n", "Connection: keep-alive\r\n", ""]
        for _ in 0..<3 { answer += bytes(pick(filler)) }
        switch Int.random(in: 0..<5, using: &self) {
        case 0:
            return (answer + bytes("\r\n") + body, .closed)
        case 1, 2:
            return (answer + bytes("Content-Length: \(body.count)\r\n\r\n") + body, .complete)
        default:
            answer += bytes("Transfer-Encoding: chunked\r\n\r\n")
            var rest = body[...]
            while !rest.isEmpty {
                let chunk = rest.prefix(Int.random(in: 1...rest.count, using: &self))
                rest = rest.dropFirst(chunk.count)
                let size = String(chunk.count, radix: 16, uppercase: chance(1, of: 2))
                answer += bytes(pick(["", "0", "000"]) + size + pick(["", "", ";a=b", " ; c"]) + "\r\n")
                answer += chunk + bytes("\r\n")
            }
            answer += bytes(pick(["0", "00"]) + "\r\n" + pick(["", "A: b\r\n"]) + "\r\n")
            return (answer, .complete)
        }
    }
}
