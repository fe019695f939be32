import CLinux
import Glibc

/// One end of the channel between the supervisor and a child: a pair of connected unix sockets that keep packets whole.
///
/// When one side dies, however it dies, the other reads the end: this is how no child outlives its supervisor.
package final class ControlChannel: Sendable {
    /// What reading came to.
    package enum Received: Sendable, Hashable {
        /// The other side said this.
        case message(ControlMessage)
        /// Nothing waits.
        case nothing
        /// The other side is gone, or closed its end.
        case closed
    }

    /// Readable when a message waits or the other side is gone; non-blocking and close-on-exec.
    package let descriptor: Descriptor

    /// Takes over an end that was inherited under the number that `--channel` names.
    ///
    /// Throws when that is not an open socket of this kind, so that a wrong number on the command line is told at once.
    package init(adopting number: Int32) throws(SystemError) {
        var kind: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(number, SOL_SOCKET, SO_TYPE, &kind, &size) == 0 else {
            throw SystemError("use as control channel", "descriptor \(number)")
        }
        guard kind == Int32(SOCK_SEQPACKET.rawValue) else {
            throw SystemError("use as control channel", "descriptor \(number)", EPROTOTYPE)
        }
        descriptor = Descriptor(owning: number)
        guard CLinux_set_close_on_exec(number) == 0 else { throw SystemError("mark close-on-exec", "control channel") }
    }

    private init(owning number: Int32) {
        descriptor = Descriptor(owning: number)
    }

    /// Makes both ends (socketpair(2), SOCK_SEQPACKET), non-blocking and close-on-exec.
    package static func pair() throws(SystemError) -> (supervisor: ControlChannel, child: ControlChannel) {
        var numbers: [Int32] = [-1, -1]
        let kind = Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &numbers) == 0 else { throw SystemError("open", "control channel") }
        return (ControlChannel(owning: numbers[0]), ControlChannel(owning: numbers[1]))
    }

    /// Sends one message; false when the other side's queue is full, so that it was not sent.
    ///
    /// Throws EPIPE or ECONNRESET when the other side is gone.
    package func send(_ message: ControlMessage) throws(SystemError) -> Bool {
        let bytes = message.encoded
        let result = bytes.withUnsafeBytes { buffer in
            retryingInterrupts { Glibc.send(descriptor.number, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL)) }
        }
        guard result < 0 else { return true }
        let failure = SystemError("write to", "control channel")
        if failure.isWouldBlock { return false }
        throw failure
    }

    /// Takes the next message, without waiting for one.
    package func receive() throws(SystemError) -> Received {
        var bytes = [UInt8](repeating: 0, count: ControlMessage.limit)
        let count = bytes.withUnsafeMutableBytes { buffer in
            retryingInterrupts { recv(descriptor.number, buffer.baseAddress, buffer.count, 0) }
        }
        if count > 0 { return .message(ControlMessage(decoding: Array(bytes[..<count]))) }
        // An empty packet reads like the end; nobody sends one.
        if count == 0 { return .closed }
        let failure = SystemError("read from", "control channel")
        if failure.isWouldBlock { return .nothing }
        if failure.number == ECONNRESET { return .closed }
        throw failure
    }
}
