import Glibc

/// A question to a running daemon over its control socket: one message out, one back.
package enum ControlClient {
    /// The most bytes of an answer.
    private static let limit = 64 << 20

    /// Asks and waits for the whole answer.
    ///
    /// Throws when nobody listens there, the answer stays out for 10 s, or whoever answers speaks another protocol.
    package static func ask(_ command: String, socket path: String) throws(SystemError) -> String {
        let address = try SocketAddress(unixPath: path)
        let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw SystemError("open a socket for", path) }
        let descriptor = Descriptor(owning: number)
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        setsockopt(number, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
        guard address.withSockaddr({ address, size in connect(number, address, size) }) == 0 else {
            throw SystemError("reach the daemon at", path)
        }
        let question = ControlFrame.encode(command)
        // Without SIGPIPE: a daemon that ends just now is a reason to tell, not to die of.
        let sent = retryingInterrupts { send(number, question, question.count, Int32(MSG_NOSIGNAL)) }
        guard sent >= 0 else { throw SystemError("write to", path) }
        guard sent == question.count else { throw SystemError("write to", path, EAGAIN) }
        var answer = ControlFrame.Collector(limit: limit)
        while true {
            guard let piece = try descriptor.read(upTo: 64 << 10) else { throw SystemError("read from", path, EAGAIN) }
            switch answer.append(piece) {
            case .incomplete: break
            case .complete(let text): return text
            case .tooLong: throw SystemError("take the answer of", path, EMSGSIZE)
            case .empty: throw SystemError("read from", path, ECONNRESET)
            case .version(let other):
                throw SystemError(
                    "talk to",
                    "\(path): the daemon speaks version \(other) of the control protocol and this program "
                        + "\(ControlFrame.version); use the gatewayctl that was installed with the daemon", EPROTO)
            case .foreign:
                throw SystemError("talk to", "\(path): whoever listens there is no gatewayd of this version", EPROTO)
            }
        }
    }
}
