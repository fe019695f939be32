import CCurl
import CLinux
import Glibc
import Loop

/// What carries the bytes of a connection.
@LoopActor
enum Wire {
    /// A socket that is ours.
    case socket(CInt)
    /// TLS, which is libcurl's on this socket, and moved by us (curl_easy_send(3), curl_easy_recv(3)).
    case tls(Connecting, CInt)

    enum Read {
        case bytes(Int)
        case ended
        /// Nothing is there yet.
        case wait
        case failed
        /// The server does not take our certificate, or wants one, and did nothing else.
        case refused
    }

    var descriptor: CInt {
        switch self {
        case .socket(let socket), .tls(_, let socket): socket
        }
    }

    /// Reads what is there, as much as fits.
    func read(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Read {
        switch self {
        case .socket(let socket):
            let count = CLinux_receive(socket, buffer.baseAddress, buffer.count)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .ended }
            return errno == EAGAIN || errno == EINTR ? .wait : .failed
        case .tls(let connecting, _):
            guard let start = buffer.baseAddress else { return .failed }
            var count = 0
            switch curl_easy_recv(connecting.handle, start, buffer.count, &count) {
            case CURLE_OK: return count > 0 ? .bytes(count) : .ended
            case CURLE_AGAIN: return .wait
            default: return connecting.wasCertificateRefused ? .refused : .failed
            }
        }
    }

    /// Reads what is there behind a body, as much as so many bytes.
    func read(_ size: Int, behind body: inout [UInt8]) -> Read {
        var read = Read.wait
        body.append(addingCapacity: size) { free in
            free.withUnsafeMutableBufferPointer { bytes, count in
                read = self.read(into: UnsafeMutableBufferPointer(rebasing: bytes[count..<(count + size)]))
                if case .bytes(let more) = read { count += more }
            }
        }
        return read
    }

    /// Bytes taken; an error is left for the next read to tell, which has it too.
    func write(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        switch self {
        case .socket(let socket): Self.send(bytes, to: socket)
        case .tls(let connecting, _): connecting.output.send(bytes, through: connecting.handle)
        }
    }

    /// Whether the server closed it, or sent what nobody asked for, and the loop has not told yet.
    ///
    /// Asked only for a request that must not be sent twice: for it a closed connection is an error.
    var isStale: Bool {
        guard case .socket(let socket) = self else { return false }
        var byte: UInt8 = 0
        let count = recv(socket, &byte, 1, CInt(MSG_PEEK | MSG_DONTWAIT))
        return count >= 0 || errno != EAGAIN
    }

    /// Whether bytes that were taken are still to be sent, by a further write, when the socket is writable.
    var isWaiting: Bool {
        switch self {
        case .socket: false
        case .tls(let connecting, _): connecting.output.isWaiting
        }
    }

    private static func send(_ bytes: UnsafeBufferPointer<UInt8>, to socket: CInt) -> Int {
        max(0, CLinux_send(socket, bytes.baseAddress, bytes.count))
    }
}
