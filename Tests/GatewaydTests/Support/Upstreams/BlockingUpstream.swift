import CLinux
import Foundation

/// A server of the test's own on blocking sockets, a thread for each connection: cheap under load, and free to misbehave.
final class BlockingUpstream: Sendable {
    let port: Int
    private let listener: Int32

    /// As a configuration names it.
    var url: String { "http://127.0.0.1:\(port)" }

    /// Begins at once.
    ///
    /// - Parameter serve: What is done with each connection, which is closed after it.
    static func start(_ serve: @escaping @Sendable (inout BlockingConnection) -> Void) throws -> BlockingUpstream {
        let upstream = try BlockingUpstream()
        Thread.detachNewThread { [listener = upstream.listener] in
            while case let socket = CLinux_accept(listener), socket >= 0 {
                // It is one that blocks, too.
                _ = fcntl(socket, F_SETFL, 0)
                Thread.detachNewThread {
                    var connection = BlockingConnection(socket)
                    serve(&connection)
                    close(socket)
                }
            }
        }
        return upstream
    }

    private init() throws {
        let socket = try PassedSocket()
        port = socket.port
        // A copy of its own, and one that blocks.
        listener = fcntl(socket.descriptor, F_DUPFD_CLOEXEC, 3)
        _ = fcntl(listener, F_SETFL, 0)
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }
}

/// One connection of a `BlockingUpstream`.
struct BlockingConnection {
    let socket: Int32
    private var buffer = [UInt8](repeating: 0, count: 4_096)

    fileprivate init(_ socket: Int32) {
        self.socket = socket
    }

    /// The target of the next request, which has no body and comes alone; nil when the client is gone.
    mutating func request() -> String? {
        var received = 0
        while received < 4 || buffer[received - 4..<received] != [0x0D, 0x0A, 0x0D, 0x0A] {
            let count = buffer.withUnsafeMutableBytes { bytes in
                recv(socket, bytes.baseAddress.map { $0 + received }, bytes.count - received, 0)
            }
            guard count > 0 else { return nil }
            received += count
        }
        let words = buffer[..<received].split(separator: 0x20, maxSplits: 2)
        return words.count == 3 ? String(decoding: words[1], as: UTF8.self) : nil
    }

    /// Sends bytes; false when the client is gone.
    func send(_ bytes: [UInt8]) -> Bool {
        Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    /// Waits for the client's next bytes, without reading them, or for its end; whether bytes are there.
    ///
    /// Closed now, the connection ends with RST: nobody read what came.
    func waitForBytes() -> Bool {
        var byte: UInt8 = 0
        return recv(socket, &byte, 1, Int32(MSG_PEEK)) > 0
    }

    /// Makes the end of the connection an RST.
    func resetAtEnd() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
    }
}
