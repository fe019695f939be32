import Foundation
import Processes

/// A client's connection, on a blocking socket: bytes out, answers in.
final class RawClient: Sendable {
    let descriptor: Int32
    /// What was received beyond the last answer.
    private let received = Locked<[UInt8]>([])

    /// Connects to a port of 127.0.0.1.
    static func connect(port: Int) async throws -> RawClient {
        try await blocking {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            return try RawClient(AF_INET, address)
        }
    }

    /// Connects to a unix socket.
    static func connect(path: String) async throws -> RawClient {
        try await blocking {
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
            return try RawClient(AF_UNIX, address)
        }
    }

    private init<Address>(_ family: Int32, _ address: Address) throws {
        descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Program.Failure(call: "socket", number: errno) }
        var limit = timeval(tv_sec: Int(patience.components.seconds), tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        let result = withUnsafeBytes(of: address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) {
                Glibc.connect(descriptor, $0.baseAddress, socklen_t(bytes.count))
            }
        }
        guard result == 0 else {
            let number = errno
            close(descriptor)
            throw Program.Failure(call: "connect", number: number)
        }
    }

    deinit { close(descriptor) }

    /// Goes away in the middle of whatever it is doing.
    func disconnect() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// Sends text as it is.
    func send(_ text: String) async throws { try await send(bytes: Array(text.utf8)) }

    /// Sends bytes as they are.
    func send(bytes: [UInt8]) async throws {
        try await blocking { [self] in
            var rest = bytes[...]
            while !rest.isEmpty {
                let sent = rest.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard sent > 0 else { throw Program.Failure(call: "send", number: errno) }
                rest = rest.dropFirst(sent)
            }
        }
    }

    /// Sends a request without a body.
    func request(_ method: String = "GET", _ path: String, headers: [(String, String)] = []) async throws {
        let fields = headers.map { "\($0): \($1)\r\n" }.joined()
        try await send("\(method) \(path) HTTP/1.1\r\nHost: gateway.test\r\n\(fields)\r\n")
    }

    /// The next answer; `hasBody` is false for the answer to HEAD.
    func reply(hasBody: Bool = true) async throws -> HTTPReply {
        try await blocking { [self] in
            try received.withLock { buffer in
                var reply = try head(&buffer)
                guard hasBody, reply.status >= 200, reply.status != 204 else { return reply }
                if reply.header("transfer-encoding") == "chunked" {
                    reply.body = text(try chunks(&buffer))
                    return reply
                }
                let length = reply.header("content-length").flatMap { Int($0) }
                while buffer.count < length ?? .max {
                    if try fill(&buffer) { continue }
                    guard length == nil else { throw WaitedInVain(description: "the body ended early") }
                    break
                }
                let body = buffer.prefix(length ?? .max)
                reply.body = text(body)
                buffer.removeFirst(body.count)
                return reply
            }
        }
    }

    /// Reads until these words came; false when the peer closed before.
    func hears(_ words: String) async throws -> Bool {
        try await blocking { [self] in
            var buffer: [UInt8] = []
            while !String(decoding: buffer, as: UTF8.self).contains(words) {
                guard try fill(&buffer) else { return false }
            }
            return true
        }
    }

    /// All that comes until the peer closes.
    func all() async throws -> String {
        try await blocking { [self] in
            var buffer: [UInt8] = []
            while try fill(&buffer) {}
            return text(buffer)
        }
    }

    /// Reads and forgets so many bytes; false when the peer closed before.
    func receives(_ count: Int) async throws -> Bool {
        try await blocking { [self] in
            var left = count
            while left > 0 {
                var buffer: [UInt8] = []
                guard try fill(&buffer) else { return false }
                left -= buffer.count
            }
            return true
        }
    }

    /// Whether the other side closes now without a further byte.
    func isClosedByPeer() async throws -> Bool {
        try await blocking { [self] in try received.withLock { try $0.isEmpty && !fill(&$0) } }
    }

    /// A body in chunks (RFC 9112 section 7.1).
    private func chunks(_ buffer: inout [UInt8]) throws -> [UInt8] {
        var body: [UInt8] = []
        while true {
            while buffer.firstRange(of: Array("\r\n".utf8)) == nil {
                guard try fill(&buffer) else { throw WaitedInVain(description: "the chunks ended early") }
            }
            let end = buffer.firstRange(of: Array("\r\n".utf8))?.upperBound ?? 0
            let size = Int(text(buffer[..<(end - 2)]), radix: 16) ?? 0
            while buffer.count < end + size + 2 {
                guard try fill(&buffer) else { throw WaitedInVain(description: "a chunk ended early") }
            }
            body += buffer[end..<(end + size)]
            buffer.removeFirst(end + size + 2)
            if size == 0 { return body }
        }
    }

    /// Status and fields of the next answer.
    private func head(_ buffer: inout [UInt8]) throws -> HTTPReply {
        let mark = Array("\r\n\r\n".utf8)
        while buffer.firstRange(of: mark) == nil {
            guard try fill(&buffer) else { throw WaitedInVain(description: "no answer, but: \(text(buffer))") }
        }
        let end = buffer.firstRange(of: mark)?.upperBound ?? 0
        var lines = text(buffer[..<end]).components(separatedBy: "\r\n").filter { !$0.isEmpty }
        buffer.removeFirst(end)
        let status = lines.removeFirst().split(separator: " ").dropFirst().first.flatMap { Int($0) }
        let headers = lines.map { line in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            return (String(line[..<colon]), line[colon...].dropFirst().trimmingCharacters(in: .whitespaces))
        }
        return HTTPReply(status: status ?? 0, headers: headers, body: "")
    }

    /// Receives some; false at the end.
    private func fill(_ buffer: inout [UInt8]) throws -> Bool {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        if count < 0, errno == ECONNRESET { return false }
        guard count >= 0 else { throw Program.Failure(call: "recv", number: errno) }
        buffer += chunk[..<count]
        return count > 0
    }

    private func text(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: Array(bytes), as: UTF8.self)
    }
}
