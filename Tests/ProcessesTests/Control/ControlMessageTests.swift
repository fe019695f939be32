import Testing

@testable import Processes

@Suite struct ControlMessageTests {
    @Test(
        "every message reads back as it was written",
        arguments: [
            ControlMessage.ready, .drain, .failed("no port"), .failed(""), .failed("a  b "), .unknown("reload 2"),
        ])
    func everyMessage(message: ControlMessage) {
        #expect(ControlMessage(decoding: message.encoded) == message)
    }

    @Test("what is not exactly a message is unknown", arguments: ["readyx", "ready now", "", " ", "failed", "drain 5"])
    func notExactly(text: String) {
        #expect(ControlMessage(decoding: Array(text.utf8)) == .unknown(text))
    }

    @Test("a long reason is cut at a character's border")
    func longReason() {
        for shift in 0..<4 {
            let reason = String(repeating: "x", count: shift) + String(repeating: "ü€", count: 600)
            let bytes = ControlMessage.failed(reason).encoded
            #expect(bytes.count <= ControlMessage.limit)
            #expect(bytes.count > ControlMessage.limit - 4)
            guard case .failed(let kept) = ControlMessage(decoding: bytes) else {
                Issue.record("the message became another one")
                return
            }
            #expect(reason.hasPrefix(kept))
        }
    }

    @Test("any bytes decode without a trap")
    func anyBytes() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            _ = ControlMessage(decoding: bytes)
        }
    }
}
