import HTTP
import TestSupport
import Testing

/// The parser on requests that are made up, cut up and spoiled.
@Suite struct RequestGeneratedTests {
    private static let good = [
        "GET / HTTP/1.1\r\nHost: h\r\n\r\n", "\r\n\r\nGET /a?b HTTP/1.0\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: [::1]:80\r\nContent-Length: 2\r\n\r\nok",
        "PUT / HTTP/1.1\r\nhost:h\r\nExpect: 100-continue\r\nContent-Length: 1\r\nConnection: close\r\n\r\n\r",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nA;x=\"y\"\r\n0123456789\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n001\r\n\r\r\n1 ;a\r\n\n\r\n00;b\r\nA: b\r\nC:\r\n\r\n",
        "GET http://a.test/b HTTP/1.1\r\nHost: a.test\r\nA: \u{E9}\t\"z\"\r\nB:\r\n\r\n",
        "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n\r\nGET /2 HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /3 HTTP/1.1\r\nHost: h\r\n\r\n",
    ]

    @Test(
        "a request is the same however its bytes come, in two pieces, in single bytes, and with empty pieces",
        arguments: good)
    func splits(request: String) {
        let whole = bytes(request)
        let read = ReadRequests(request)
        #expect(read.refusal == nil && !read.isInside && !read.complete.isEmpty)
        for place in 0...whole.count {
            #expect(ReadRequests([whole[..<place], whole[place...]]) == read)
            #expect(ReadRequests([whole[..<place], [], whole[place...], []]) == read)
        }
        #expect(ReadRequests(Pieces.of(whole, each: 1)) == read)
        #expect(ReadRequests(Pieces.of(whole, each: 3)) == read)
    }

    @Test("of a pipeline of generated requests each is what was put in, whatever its coding, its chunks and its pieces")
    func roundTrip() {
        var random = SeededGenerator(seed: 21)
        for _ in 0..<2_000 {
            var sent: [UInt8] = []
            var bodies: [[UInt8]] = []
            for number in 0..<Int.random(in: 1...5, using: &random) {
                let body = (0..<random.pick([0, 1, 30, 300])).map { _ in
                    random.pick([0x0D, 0x0A, 0x30, UInt8.random(in: 0...255, using: &random)])
                }
                sent += random.request("/\(number)", body)
                bodies.append(body)
            }
            let read = ReadRequests(random.pieces(sent))
            #expect(read.refusal == nil)
            #expect(!read.isInside)
            #expect(read.complete.map(\.body) == bodies)
            #expect(read.complete.map(\.target) == bodies.indices.map { "/\($0)" })
        }
    }

    @Test("spoiled requests never crash their reader, and are the same or refused for the same reason in any pieces")
    func mutations() {
        var random = SeededGenerator(seed: 22)
        var limits = RequestLimits()
        limits.headerBytes = 90
        limits.targetBytes = 8
        limits.headerFields = 4
        for round in 0..<20_000 {
            var sent = bytes(Self.good[round % Self.good.count] + Self.good[round / 8 % Self.good.count])
            random.spoil(&sent)
            for limits in [RequestLimits(), limits] {
                let whole = ReadRequests([sent[...]], limits)
                #expect(whole == ReadRequests(random.pieces(sent), limits), "\(text(sent))")
                #expect(whole.contradiction == nil, "\(text(sent))")
            }
        }
    }

    @Test("a request that was cut short is never complete, and refused by nothing but its end")
    func cutShort() {
        var random = SeededGenerator(seed: 23)
        for _ in 0..<2_000 {
            let request = random.request("/", [1, 2, 3])
            let count = Int.random(in: 1..<request.count, using: &random)
            let read = ReadRequests(random.pieces(Array(request[..<count])))
            #expect(read.complete.isEmpty && read.refusal == nil)
            #expect(read.isInside)
        }
    }
}

extension SeededGenerator {
    /// A request with a body.
    fileprivate mutating func request(_ target: String, _ body: [UInt8]) -> [UInt8] {
        var request = bytes("\(pick(["GET", "POST", "X-Y"])) \(target) HTTP/1.1\r\n")
        let filler = ["Accept: */*\r\n", "A:x\r\n", "B: \u{E9}\t\"z\"\r\n", "Connection: keep-alive\r\n", ""]
        for _ in 0..<3 { request += bytes(pick(filler)) }
        request += bytes(pick(["Host: h\r\n", "host:[::1]:8080\r\n", "HOST: a.test:\r\n"]))
        if body.isEmpty, chance(1, of: 2) { return request + bytes("\r\n") }
        if chance(1, of: 2) { return request + bytes("Content-Length: \(body.count)\r\n\r\n") + body }
        request += bytes("Transfer-Encoding: chunked\r\n\r\n")
        var rest = body[...]
        while !rest.isEmpty {
            let chunk = rest.prefix(Int.random(in: 1...rest.count, using: &self))
            rest = rest.dropFirst(chunk.count)
            request += bytes(
                pick(["", "0", "000"]) + String(chunk.count, radix: 16) + pick(["", ";a=b", " ; c"]) + "\r\n")
            request += chunk + bytes("\r\n")
        }
        return request + bytes(pick(["0", "00"]) + "\r\n" + pick(["", "A: b\r\n"]) + "\r\n")
    }
}
