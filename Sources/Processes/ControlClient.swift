import Glibc

/// A question to a running daemon over its control socket: one line out, one JSON document back.
package enum ControlClient {
    /// The most bytes of an answer.
    private static let limit = 64 << 20

    /// Asks and waits for the whole answer; throws when nobody listens there or the answer stays out for 10 s.
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
        let line = Array("\(command)\n".utf8)
        guard try descriptor.write(line[...]) == line.count else { throw SystemError("write to", path, EAGAIN) }
        var answer: [UInt8] = []
        while answer.count < limit {
            guard let chunk = try descriptor.read(upTo: 64 << 10) else { throw SystemError("read from", path, EAGAIN) }
            if chunk.isEmpty { break }
            answer += chunk
        }
        return String(decoding: answer, as: UTF8.self)
    }
}
