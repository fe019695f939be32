import HTTP
import TestSupport
import Testing

/// Bodies in chunks (RFC 9112 section 7.1), and how much of an answer is read before its body.
@Suite struct ResponseChunkTests {
    private static let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    private func read(_ body: String) -> ReadAnswer { ReadAnswer(Self.head + body) }

    @Test("chunks are joined, and their connection is kept")
    func joined() {
        let answer = read("2\r\nok\r\n1\r\n!\r\n0\r\n\r\n")
        #expect(answer.end == .complete)
        #expect(text(answer.body) == "ok!")
        #expect(answer.keepsAlive)
        #expect(answer.contentLength == nil)
        #expect(read("0\r\n\r\n").end == .complete)
    }

    @Test(
        "a size is hexadecimal in either case, up to 15 digits with its zeros",
        arguments: [("a", 10), ("A", 10), ("0a", 10), ("1F", 31), ("1f", 31), ("00000000000000a", 10), ("10", 16)])
    func goodSize(size: String, count: Int) {
        let body = String(repeating: "x", count: count)
        let answer = read("\(size)\r\n\(body)\r\n000\r\n\r\n")
        #expect(answer.end == .complete)
        #expect(text(answer.body) == body)
    }

    @Test(
        "anything else is no size",
        arguments: [
            "", " ", "g", "G", "@", "`", "/", ":", "-2", "+2", " 2", "\t2", "0x2", "2 ", "2\t", "2 2", "2,", "2h", "\0",
            "2\0", "2\r", "2 ;\u{1}", "\u{B2}", "0000000000000002", "7FFFFFFFFFFFFFFF", "8000000000000000",
            "FFFFFFFFFFFFFFFF", "10000000000000002", ";a", "\"2\"",
        ])
    func badSize(size: String) {
        #expect(read("\(size)\r\nok\r\n0\r\n\r\n").refusal == .badChunk)
        #expect(read("1\r\nx\r\n\(size)\r\nok\r\n0\r\n\r\n").refusal == .badChunk)
    }

    @Test("the largest size is one that fits")
    func largestSize() {
        #expect(read("FFFFFFFFFFFFFFF\r\nok").end == .open)
        #expect(text(read("FFFFFFFFFFFFFFF\r\nok").body) == "ok")
    }

    @Test(
        "extensions are passed over, with blanks before their semicolon",
        arguments: [";a", ";a=b", ";a=\"b c\"", " ;a", "\t; a = b", ";", ";;", ";\u{E9}", ";a;b=2"])
    func extensions(text: String) {
        let answer = read("2\(text)\r\nok\r\n0\(text)\r\n\r\n")
        #expect(answer.end == .complete)
        #expect(TestSupport.text(answer.body) == "ok")
    }

    @Test("extensions have no control bytes", arguments: [";\0", ";a\r", ";\u{7F}", ";\u{B}"])
    func badExtension(text: String) {
        #expect(read("2\(text)\r\nok\r\n0\r\n\r\n").refusal == .badChunk)
    }

    @Test("a chunk ends where its size says", arguments: ["ok", "okay", "o", "ok!\r\n", "ok \r\n", "ok\r\r\n"])
    func chunkEnd(chunk: String) {
        let answer = read("2\r\n\(chunk)0\r\n\r\n")
        #expect(answer.refusal == .badChunk || answer.refusal == .bareLineFeed || answer.end == .open)
        #expect(answer.body.count <= 2)
    }

    @Test("trailers are checked and say nothing")
    func trailers() {
        let fields =
            "Content-Length: 7\r\nTransfer-Encoding: chunked\r\nConnection: close\r\nContent-Encoding: gzip\r\n"
        let answer = read("2\r\nok\r\n0\r\n\(fields)\r\n")
        #expect(answer.end == .complete)
        #expect(text(answer.body) == "ok")
        #expect(answer.keepsAlive)
        #expect(!answer.isEncoded)
        for bad in ["A", "A : b", " A: b", "A: b\r\n c", ": b", "A: \0", "A: b\rc", "HTTP/1.1 200 OK"] {
            #expect(read("0\r\n\(bad)\r\n\r\n").refusal == .badField)
        }
    }

    // MARK: Limits

    @Test(
        "lines may have so many bytes together, wherever they stand, and not one more",
        arguments: [
            ("status", "HTTP/1.1 200 ", "\r\nContent-Length: 0\r\n\r\n", 0),
            ("field", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: ", "\r\n\r\n", 0),
            ("interim", "HTTP/1.1 100 OK\r\nA: ", "\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 0),
            // Behind the extension nothing counts any more, and before the trailer no size and no chunk.
            ("extension", head + "2;", "\r\nok\r\n0\r\n\r\n", 9),
            ("trailer", head + "2\r\nok\r\n0\r\nA: ", "\r\n\r\n", 10),
        ])
    func headerBytes(place: String, before: String, after: String, uncounted: Int) {
        let free = ResponseLimits.headerBytes - bytes(before + after).count + uncounted
        for (count, isTooLong) in [(free, false), (free + 1, true), (free * 2, true)] {
            let whole = bytes(before + String(repeating: "a", count: count) + after)
            for size in [whole.count, 4_096, 1_000] {
                let answer = ReadAnswer(Pieces.of(whole, each: size))
                #expect(answer.end == (isTooLong ? .refused(.headerTooLong) : .complete))
            }
        }
    }

    @Test("a line that never ends is refused when it is too long, and not kept any longer")
    func endlessLine() {
        for start in ["HTTP/1.1 200 ", Self.head + "0;", "HTTP/1.1 200 OK\r\nA"] {
            let piece = bytes(String(repeating: "a", count: 1_000))[...]
            let answer = ReadAnswer([bytes(start)[...]] + Array(repeating: piece, count: 66))
            #expect(answer.refusal == .headerTooLong)
        }
    }

    @Test("there may be so many fields together, trailers and interim answers included, and not one more")
    func headerFields() {
        for (interim, head, trailers, isTooMany) in [
            (0, 255, 0, false), (0, 256, 0, true), (100, 100, 55, false), (100, 100, 56, true), (256, 0, 0, true),
        ] {
            func fields(_ count: Int) -> String { String(repeating: "A: b\r\n", count: count) }
            let start = "HTTP/1.1 103 Early Hints\r\n\(fields(interim))\r\nHTTP/1.1 200 OK\r\n\(fields(head))"
            let answer = ReadAnswer("\(start)Transfer-Encoding: chunked\r\n\r\n0\r\n\(fields(trailers))\r\n")
            #expect(answer.end == (isTooMany ? .refused(.headerTooLong) : .complete))
        }
    }

    @Test("the sizes of chunks do not count: a body may have any number of them")
    func manyChunks() {
        let chunks = String(repeating: "1\r\nx\r\n", count: ResponseLimits.headerBytes / 2)
        let answer = read(chunks + "0\r\n\r\n")
        #expect(answer.end == .complete)
        #expect(answer.body.count == ResponseLimits.headerBytes / 2)
        #expect(
            read(String(repeating: "1;a\r\nx\r\n", count: ResponseLimits.headerBytes / 2)).refusal == .headerTooLong)
    }
}
