import FanOut
import Testing

/// The parser on requests that are made up, cut up and spoiled.
@Suite struct RequestGeneratedTests {
    private static let good = [
        "GET / HTTP/1.1\r\nHost: h\r\n\r\n", "GET /a HTTP/1.0\r\n\r\n", "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
        "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n12\r\n5",
        "POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nok\r\n00A ;x=\"y\"\r\n0123456789\r\n0\r\nT:\r\n\r\n",
        "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nPUT /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nxGET /3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
    ]

    @Test("requests are the same however their bytes come", arguments: good)
    func splits(text: String) {
        let whole = bytes(text)
        let read = ReadRequests(text)
        #expect(read.refusal == nil && !read.requests.isEmpty && !read.isInside)
        for place in 0...whole.count {
            #expect(ReadRequests([whole[..<place], [], whole[place...]]) == read)
            // What is not whole is no request, and what is whole stays one.
            let part = ReadRequests([whole[..<place]])
            #expect(part.refusal == nil && part.requests == Array(read.requests.prefix(part.requests.count)))
        }
        #expect(ReadRequests(Pieces.of(whole, each: 1)) == read)
        #expect(ReadRequests(Pieces.of(whole, each: 3)) == read)
    }

    @Test("what is put in comes out, whatever its coding, its chunks and its pieces")
    func roundTrip() {
        var random = SeededGenerator(seed: 21)
        for _ in 0..<2_000 {
            var text: [UInt8] = []
            var wanted: [ReadRequests.Whole] = []
            for _ in 0..<Int.random(in: 1...4, using: &random) { wanted.append(random.request(into: &text)) }
            let read = ReadRequests(random.pieces(text))
            #expect(read.requests == wanted && read.refusal == nil && !read.isInside)
        }
    }

    @Test("spoiled requests never crash their reader, and are the same in pieces")
    func mutations() {
        var random = SeededGenerator(seed: 22)
        for round in 0..<20_000 {
            var request = bytes(Self.good[round % Self.good.count])
            random.spoil(&request)
            let whole = ReadRequests([request[...]])
            #expect(whole == ReadRequests(random.pieces(request)), "\(text(request))")
        }
    }
}

extension SeededGenerator {
    /// Appends a request.
    fileprivate mutating func request(into text: inout [UInt8]) -> ReadRequests.Whole {
        let body = (0..<Int.random(in: 0...200, using: &self)).map { _ in
            pick([0x0D, 0x0A, 0x30, UInt8.random(in: 0...255, using: &self)])
        }
        let target = "/\(Int.random(in: 0...9_999, using: &self))"
        let closes = chance(1, of: 4)
        text += Array("POST \(target) HTTP/1.1\r\nHost: h\r\n\(closes ? "Connection: close\r\n" : "")".utf8)
        if chance(1, of: 2) {
            text += Array("Content-Length: \(body.count)\r\n\r\n".utf8) + body
        } else {
            text += Array("Transfer-Encoding: chunked\r\n\r\n".utf8)
            var rest = body[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...80, using: &self))
                rest = rest.dropFirst(piece.count)
                text +=
                    Array("\(String(piece.count, radix: 16))\(pick(["", ";a", " ;b=\"c\""]))\r\n".utf8) + piece + [
                        0x0D, 0x0A,
                    ]
            }
            text += Array("0\r\n\(pick(["", "T: t\r\n"]))\r\n".utf8)
        }
        return ReadRequests.Whole(method: "POST", target: target, host: "h", body: body, keepsAlive: !closes)
    }
}
