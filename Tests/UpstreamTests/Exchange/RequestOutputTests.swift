import HTTP
import Testing

@testable import Upstream

@Suite struct RequestOutputTests {
    @Test("bytes go out in their order, whatever the socket takes at a time", arguments: 1...9)
    func order(taken: Int) {
        var output = RequestOutput()
        output.append("abc".utf8)
        output.appendChunkSize(255)
        var out: [UInt8] = []
        while !output.isEmpty {
            let waiting = output.waiting
            let sent = output.withUnsent { bytes in
                out.append(contentsOf: bytes.prefix(taken))
                return min(taken, bytes.count)
            }
            let isOver = output.sent(sent)
            #expect(isOver == (waiting <= taken))
        }
        #expect(out == Array("abcff\r\n".utf8) || out == Array("abcFF\r\n".utf8))
        #expect(output.waiting == 0)
    }

    @Test("the end of a connection forgets what waits and what is due")
    func clear() {
        var output = RequestOutput()
        output.append("abc".utf8)
        output.bodyDue = .chunked
        output.release()
        #expect(output.waiting == 3)
        output.clear()
        #expect(output.isEmpty && output.bodyDue == nil)
    }
}
