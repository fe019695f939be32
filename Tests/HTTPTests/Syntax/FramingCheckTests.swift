import HTTP
import Testing

/// Header lines as libcurl tells of them, judged for their framing alone.
@Suite struct FramingCheckTests {
    private static func take(_ lines: String...) throws(MessageError) -> FramingCheck {
        var check = FramingCheck()
        for line in lines {
            var failure: MessageError?
            Array(line.utf8).withUnsafeBufferPointer { bytes in
                do throws(MessageError) { try check.take(bytes) } catch { failure = error }
            }
            if let failure { throw failure }
        }
        return check
    }

    @Test("a head is complete with its empty line, and an interim one with that of the answer behind it")
    func complete() throws {
        #expect(try Self.take().isEmpty)
        #expect(try !Self.take("HTTP/1.1 200 OK\r\n").isEmpty)
        #expect(try !Self.take("HTTP/1.1 200 OK\r\n", "Content-Length: 1\r\n").isComplete)
        #expect(try Self.take("HTTP/1.1 200 OK\r\n", "Content-Length: 1\r\n", "\r\n").isComplete)
        #expect(try Self.take("HTTP/1.1 200 OK\n", "\n").isComplete)
        #expect(try !Self.take("HTTP/1.1 100 Continue\r\n", "\r\n").isComplete)
        #expect(try Self.take("HTTP/1.1 100 Continue\r\n", "\r\n", "HTTP/1.1 200 OK\r\n", "\r\n").isComplete)
    }

    @Test("a redirect's answer and the one behind it have a length each, and trailers say nothing")
    func following() throws {
        let length = "Content-Length: 1\r\n"
        let redirect = "HTTP/1.1 302 Found\r\n"
        #expect(try Self.take(redirect, length, "\r\n", "HTTP/1.1 200 OK\r\n", length, "\r\n").isComplete)
        #expect(try !Self.take(redirect, length, "\r\n", "HTTP/1.1 200 OK\r\n", length).isComplete)
        #expect(try Self.take("HTTP/1.1 200 OK\r\n", "Transfer-Encoding: chunked\r\n", "\r\n", length).isComplete)
    }

    @Test("a length with two sources, a coding that is not chunked, and another protocol are refused")
    func refused() throws {
        let ok = "HTTP/1.1 200 OK\r\n"
        let length = "Content-Length: 1\r\n"
        let chunked = "Transfer-Encoding: chunked\r\n"
        #expect(throws: MessageError.badLength) { try Self.take(ok, length, length) }
        #expect(throws: MessageError.badLength) { try Self.take(ok, "Content-Length: +1\r\n") }
        #expect(throws: MessageError.badLength) { try Self.take(ok, chunked, length) }
        #expect(throws: MessageError.badLength) { try Self.take(ok, length, chunked) }
        #expect(throws: MessageError.badLength) { try Self.take(ok, "Transfer-Encoding: gzip, chunked\r\n") }
        #expect(throws: MessageError.badLength) { try Self.take("HTTP/1.0 200 OK\r\n", chunked) }
        #expect(throws: MessageError.unwantedUpgrade) { try Self.take("HTTP/1.1 101 Go\r\n") }
    }

    @Test("a header beyond the limit is refused, in one line or in many")
    func long() throws {
        let line = "A: " + String(repeating: "b", count: ResponseLimits.headerBytes)
        #expect(throws: MessageError.headerTooLong) { try Self.take("HTTP/1.1 200 OK\r\n", line) }
        var check = FramingCheck()
        let interim = Array("HTTP/1.1 100 Continue\r\n".utf8)
        #expect(throws: MessageError.headerTooLong) {
            for _ in 0..<10_000 { try interim.withUnsafeBufferPointer { try check.take($0) } }
        }
    }

    @Test("what says nothing of the framing is libcurl's to repair")
    func repaired() throws {
        #expect(try Self.take("HTTP/1.1 200OK\r\n", "A b: c\r\n", " folded\r\n", "nonsense\r\n", "\r\n").isComplete)
    }
}
