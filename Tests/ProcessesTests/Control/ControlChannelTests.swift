import CLinux
import Glibc
import Testing

@testable import Processes

@Suite struct ControlChannelTests {
    @Test("messages arrive whole and in order in both directions")
    func messagesArrive() throws {
        let (supervisor, child) = try ControlChannel.pair()
        #expect(try child.send(.ready))
        #expect(try child.send(.failed("later")))
        #expect(try supervisor.send(.drain))
        #expect(try supervisor.receive() == .message(.ready))
        #expect(try supervisor.receive() == .message(.failed("later")))
        #expect(try supervisor.receive() == .nothing)
        #expect(try child.receive() == .message(.drain))
    }

    @Test("the other side's end is read after its last word")
    func otherSides() throws {
        let (supervisor, child) = try ControlChannel.pair()
        #expect(try child.send(.failed("last word")))
        shutdown(child.descriptor.number, Int32(SHUT_RDWR))
        #expect(try supervisor.receive() == .message(.failed("last word")))
        #expect(try supervisor.receive() == .closed)
    }

    @Test("a full channel refuses instead of waiting")
    func fullChannel() throws {
        let (supervisor, child) = try ControlChannel.pair()
        var sent = 0
        while sent < 100_000, try supervisor.send(.drain) { sent += 1 }
        #expect(sent < 100_000)
        #expect(try child.receive() == .message(.drain))
    }

    @Test("a descriptor that is no channel is refused by name")
    func descriptorChannel() throws {
        let file = Descriptor(owning: open("/dev/null", O_RDONLY | O_CLOEXEC))
        let number = file.number
        #expect(throws: SystemError("use as control channel", "descriptor \(number)", ENOTSOCK)) {
            _ = try ControlChannel(adopting: number)
        }
    }

    @Test("both ends are close-on-exec")
    func bothEnds() throws {
        let (supervisor, child) = try ControlChannel.pair()
        #expect(CLinux_descriptor_flags(supervisor.descriptor.number) == FD_CLOEXEC)
        #expect(CLinux_descriptor_flags(child.descriptor.number) == FD_CLOEXEC)
    }
}
