import Base
import HTTP
import TestSupport
import Testing

/// What parsers tell of messages that are passed on: interim answers, trailers, another protocol.
@Suite struct PassedOnTests {
    /// The events of an answer, read in pieces of a size.
    private static func events(_ answer: String, each size: Int, upgrading: Bool = false) -> [String] {
        var parser = ResponseParser()
        parser.begin(collecting: true, passingOn: true, upgrading: upgrading)
        var events: [String] = []
        var body: [UInt8] = []
        for piece in Pieces.of(bytes(answer), each: size) {
            piece.withUnsafeBufferPointer { buffer in
                var cursor = 0
                do throws(MessageError) {
                    while true {
                        switch try parser.next(buffer, &cursor) {
                        case .more: return
                        case .interim:
                            guard let interim = parser.interim else { return events.append("none") }
                            events.append("\(interim.status) \(interim.fields.first("link") ?? "-")")
                        case .head: events.append("\(parser.status) \(parser.collected?.first("link") ?? "-")")
                        case .body(let range): body += buffer[range]
                        case .end: return events.append("end \(parser.trailers?.first("x-sum") ?? "-")")
                        }
                    }
                } catch {
                    events.append("\(error)")
                }
            }
            if events.last?.hasPrefix("end") == true { break }
        }
        return events + [text(body)]
    }

    @Test(
        "interim answers are told but for 100, each with its own fields, and trailers are kept",
        arguments: [1, 7, 1_000])
    func answer(size: Int) {
        let answer =
            "HTTP/1.1 100 Continue\r\nLink: no\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 102 P\r\n\r\n"
            + "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 3\r\n\r\n"
        #expect(Self.events(answer, each: size) == ["103 a", "102 -", "200 -", "end 3", "abc"])
    }

    @Test("where an upgrade was asked for, all that follows 101 is a body without an end", arguments: [1, 1_000])
    func upgrade(size: Int) {
        let answer = "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nContent-Length: 2\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"
        #expect(Self.events(answer, each: size, upgrading: true) == ["101 -", "HTTP/1.1 200 OK\r\n\r\n"])
        #expect(Self.events(answer, each: 1_000)[0] == "unwantedUpgrade")
    }

    private static func read(_ request: String) -> RequestParser {
        var parser = RequestParser(RequestLimits())
        bytes(request).withUnsafeBufferPointer { buffer in
            var cursor = 0
            while let event = try? parser.next(buffer, &cursor), event != .more, event != .end {}
        }
        return parser
    }

    @Test("a request's trailers are its own") func request() {
        let chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 3\r\n\r\n"
        #expect(Self.read(chunked).trailers?.first("x-sum") == "3")
        #expect(Self.read("GET / HTTP/1.1\r\nHost: h\r\n\r\n").trailers?.byteCount == 0)
    }

    @Test(
        "a WebSocket is asked for by a GET of HTTP/1.1 with both fields and without a body",
        arguments: [
            ("GET / HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket", true),
            ("GET / HTTP/1.1", "connection: keep-alive, upgrade\r\nupgrade: WebSocket", true),
            ("GET / HTTP/1.1", "Upgrade: websocket", false), ("GET / HTTP/1.1", "Connection: Upgrade", false),
            ("GET / HTTP/1.1", "Connection: Upgrade\r\nUpgrade: h2c", false),
            ("POST / HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket", false),
            ("GET / HTTP/1.0", "Connection: Upgrade\r\nUpgrade: websocket", false),
            ("GET / HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 1", false),
        ])
    func webSocket(line: String, fields: String, asks: Bool) {
        #expect(Self.read("\(line)\r\nHost: h\r\n\(fields)\r\n\r\n").head.asksForWebSocket == asks)
    }
}
