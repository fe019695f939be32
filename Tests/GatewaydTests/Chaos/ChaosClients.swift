import Foundation
import Processes

/// Clients that go on whatever happens: each keeps its connection, sends the next request when it has the answer, and connects
/// anew when the connection is gone.
final class ChaosClients: Sendable {
    /// A request without an answer.
    struct Failure: Sendable {
        var why: String
        /// The client's own port, by which the access log knows its connection; nil when it could not even connect.
        var port: UInt16?
        var at: Date
    }

    /// What all of them saw.
    struct Seen: Sendable {
        /// Answers of the gateway, of whatever status.
        var answered = 0
        var byStatus: [Int: Int] = [:]
        var failures: [Failure] = []
    }

    private let port: Int
    private let path: String
    private let seen = Locked(Seen())
    private let isStopping = Locked(false)
    private let running = Locked(0)

    /// Begins at once, each client on a thread of its own.
    init(port: Int, path: String, count: Int) {
        self.port = port
        self.path = path
        running.withLock { $0 = count }
        for _ in 0..<count { Thread.detachNewThread { [self] in run() } }
    }

    /// Answers so far.
    var answered: Int { seen.withLock { $0.answered } }

    /// Lets each have its last answer, then tells what they saw.
    func stop() async throws -> Seen {
        isStopping.withLock { $0 = true }
        try await waitUntil("every client had its last answer") { running.withLock { $0 } == 0 }
        return seen.withLock { $0 }
    }

    private func run() {
        while !isStopping.withLock({ $0 }) {
            guard let connection = ChaosConnection(port: port) else {
                note("connect: \(String(cString: strerror(errno)))", nil)
                continue
            }
            while !isStopping.withLock({ $0 }) {
                switch connection.get(path) {
                case .answer(let status, let isOfGateway, let keepsAlive):
                    if isOfGateway { note(status) } else { note("status \(status) of nginx", connection.port) }
                    if keepsAlive { continue }
                case .closedIdle: break
                case .failed(let why): note(why, connection.port)
                }
                break
            }
        }
        running.withLock { $0 -= 1 }
    }

    private func note(_ status: Int) {
        seen.withLock { seen in
            seen.answered += 1
            seen.byStatus[status, default: 0] += 1
        }
    }

    private func note(_ why: String, _ port: UInt16?) {
        seen.withLock { $0.failures.append(Failure(why: why, port: port, at: Date())) }
    }
}

/// One keep-alive connection of a client, on a blocking socket.
private final class ChaosConnection {
    enum Outcome {
        /// `isOfGateway` is false for what nginx answered by itself.
        case answer(status: Int, isOfGateway: Bool, keepsAlive: Bool)
        /// The server had closed it before the request came, as it may one that was idle (RFC 9112 section 9.3): the
        /// request goes out again.
        case closedIdle
        case failed(String)
    }

    private let descriptor: Int32
    private var received: [UInt8] = []
    private var answeredAt: ContinuousClock.Instant?
    /// What a server that drains leaves an idle connection is a quarter of a second.
    private static let idle = Duration.milliseconds(200)
    let port: UInt16

    init?(port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var limit = timeval(tv_sec: Int(patience.components.seconds), tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isConnected = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        self.port = UInt16(bigEndian: address.sin_port)
        self.descriptor = descriptor
        if !isConnected {
            // It is closed with this value; errno tells why.
            return nil
        }
    }

    deinit { close(descriptor) }

    func get(_ path: String) -> Outcome {
        let wasIdle = answeredAt.map { .now - $0 > Self.idle } ?? false
        let request = Array("GET \(path) HTTP/1.1\r\nHost: chaos.test\r\n\r\n".utf8)
        let sent = send(descriptor, request, request.count, Int32(MSG_NOSIGNAL))
        // A reset that came between two requests is one under this request: nothing tells them apart.
        guard sent == request.count else { return .failed("send: \(String(cString: strerror(errno)))") }
        while true {
            if let answer = takeAnswer() { return answer }
            var buffer = [UInt8](repeating: 0, count: 16 << 10)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 {
                received += buffer[..<count]
            } else if count == 0 {
                return received.isEmpty && wasIdle ? .closedIdle : .failed("closed without an answer")
            } else if errno != EINTR {
                return .failed("recv: \(String(cString: strerror(errno)))")
            }
        }
    }

    private func takeAnswer() -> Outcome? {
        guard let end = received.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: received[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let fields = head.dropFirst().map { $0.lowercased() }
        let length = fields.first { $0.hasPrefix("content-length:") }.flatMap { Int($0.dropFirst(15).trimming()) } ?? 0
        guard received.count >= end.upperBound + length else { return nil }
        received.removeFirst(end.upperBound + length)
        answeredAt = .now
        let status = head.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return .answer(
            status: status, isOfGateway: !fields.contains("content-type: text/html"),
            keepsAlive: !fields.contains("connection: close"))
    }
}

extension Substring {
    fileprivate func trimming() -> String { String(self).trimmingCharacters(in: .whitespaces) }
}
