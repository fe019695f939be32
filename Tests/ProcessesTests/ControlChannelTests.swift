import CLinux
import Glibc
import Testing

@testable import Processes

@Suite struct ControlMessageTests {
    @Test(arguments: [
        ControlMessage.ready, .drain, .failed("no port"), .failed(""), .failed("a  b "), .unknown("reload 2"),
    ])
    func everyMessageReadsBackAsItWasWritten(message: ControlMessage) {
        #expect(ControlMessage(decoding: message.encoded) == message)
    }

    @Test(arguments: ["readyx", "ready now", "", " ", "failed", "drain 5"])
    func whatIsNotExactlyAMessageIsUnknown(text: String) {
        #expect(ControlMessage(decoding: Array(text.utf8)) == .unknown(text))
    }

    @Test func aLongReasonIsCutAtACharactersBorder() {
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

    @Test func anyBytesDecodeWithoutATrap() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            _ = ControlMessage(decoding: bytes)
        }
    }
}

@Suite struct ControlChannelTests {
    @Test func messagesArriveWholeAndInOrderInBothDirections() throws {
        let (supervisor, child) = try ControlChannel.pair()
        #expect(try child.send(.ready))
        #expect(try child.send(.failed("later")))
        #expect(try supervisor.send(.drain))
        #expect(try supervisor.receive() == .message(.ready))
        #expect(try supervisor.receive() == .message(.failed("later")))
        #expect(try supervisor.receive() == .nothing)
        #expect(try child.receive() == .message(.drain))
    }

    @Test func theOtherSidesEndIsReadAfterItsLastWord() throws {
        let (supervisor, child) = try ControlChannel.pair()
        #expect(try child.send(.failed("last word")))
        shutdown(child.descriptor.number, Int32(SHUT_RDWR))
        #expect(try supervisor.receive() == .message(.failed("last word")))
        #expect(try supervisor.receive() == .closed)
    }

    @Test func aFullChannelRefusesInsteadOfWaiting() throws {
        let (supervisor, child) = try ControlChannel.pair()
        var sent = 0
        while sent < 100_000, try supervisor.send(.drain) { sent += 1 }
        #expect(sent < 100_000)
        #expect(try child.receive() == .message(.drain))
    }

    @Test func aDescriptorThatIsNoChannelIsRefusedByName() throws {
        let file = Descriptor(owning: open("/dev/null", O_RDONLY | O_CLOEXEC))
        let number = file.number
        #expect(throws: SystemError("use as control channel", "descriptor \(number)", ENOTSOCK)) {
            _ = try ControlChannel(adopting: number)
        }
    }

    @Test func bothEndsAreCloseOnExec() throws {
        let (supervisor, child) = try ControlChannel.pair()
        #expect(CLinux_descriptor_flags(supervisor.descriptor.number) == FD_CLOEXEC)
        #expect(CLinux_descriptor_flags(child.descriptor.number) == FD_CLOEXEC)
    }
}
