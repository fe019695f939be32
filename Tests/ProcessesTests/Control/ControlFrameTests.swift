import Processes
import Testing

/// Messages on the control socket.
@Suite struct ControlFrameTests {
    @Test("a message is the same in whatever pieces it comes, and what follows it is not looked at")
    func pieces() {
        var random = SystemRandomNumberGenerator()
        for length in [0, 1, 7, 300, 4_096] {
            let text = String((0..<length).map { _ in "abc{}\n ü".randomElement() ?? "x" })
            let bytes = ControlFrame.encode(text) + Array("more".utf8)
            for _ in 0..<20 {
                var collector = ControlFrame.Collector(limit: 16_384)
                var rest = bytes[...]
                var state = ControlFrame.Collector.State.incomplete
                while state == .incomplete, !rest.isEmpty {
                    let piece = rest.prefix(Int.random(in: 1...50, using: &random))
                    rest = rest.dropFirst(piece.count)
                    state = collector.append(Array(piece))
                }
                #expect(state == .complete(text))
            }
        }
    }

    @Test("an end in the middle, another protocol, another version and too much are told apart")
    func mistakes() {
        func read(_ bytes: [UInt8], limit: Int = 10) -> ControlFrame.Collector.State {
            var collector = ControlFrame.Collector(limit: limit)
            let state = collector.append(bytes)
            return state == .incomplete ? collector.append([]) : state
        }
        #expect(read([]) == .empty)
        #expect(read(Array("status\n".utf8)) == .foreign)
        #expect(read(Array("GET / HTTP/1.1\r\n\r\n".utf8)) == .foreign)
        #expect(read(ControlFrame.encode("status").dropLast()) == .foreign)
        #expect(read(Array("GW".utf8)) == .foreign)
        #expect(read(ControlFrame.encode("status", version: 9)) == .version(9))
        #expect(read(ControlFrame.encode("0123456789")) == .complete("0123456789"))
        #expect(read(ControlFrame.encode("0123456789a")) == .tooLong)
        #expect(read(Array("GWC".utf8) + [ControlFrame.version, 255, 255, 255, 255]) == .tooLong)
    }

    @Test("garbage never traps, and is never a message unless it is one")
    func garbage() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<5_000 {
            var bytes = ControlFrame.encode("restart 1")
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
            }
            var collector = ControlFrame.Collector(limit: 64)
            let state = collector.append(bytes)
            if bytes == ControlFrame.encode("restart 1") { #expect(state == .complete("restart 1")) }
            if state == .incomplete { #expect(collector.append([]) == .foreign) }
        }
    }
}
