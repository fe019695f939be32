import Glibc
import Loop
import Processes
import Testing

/// A client that says what the test writes, on a connection whose calls block for 20 s at most.
final class TestClient {
    /// How a connection ended.
    enum End: Equatable {
        /// In order: the server will send nothing more.
        case closed
        /// With what it had not read thrown away.
        case reset
        /// Not within 20 s.
        case open
    }

    /// An answer as it came.
    struct Answer: Equatable {
        var status = 0
        var fields: [String] = []
        var body: [UInt8] = []
        /// The pieces of a body that came in chunks.
        var chunks: [[UInt8]] = []

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private let socket: Descriptor
    private var received: [UInt8] = []
    private var ending = End.open

    init(_ server: SocketAddress) throws {
        socket = Descriptor(owning: Glibc.socket(server.family, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(socket.number, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        let number = socket.number
        try #require(server.withSockaddr { connect(number, $0, $1) } == 0)
    }

    /// One whose first bytes are there before the server can see the connection, since its loop is held meanwhile: the
    /// time that a request has to arrive is never over before it was sent.
    @LoopActor
    static func connected(to server: SocketAddress, sending text: String) throws -> sending TestClient {
        let client = try TestClient(server)
        client.send(text)
        return client
    }

    /// One whose end of a connection is given.
    init(owning socket: CInt) {
        self.socket = Descriptor(owning: socket)
    }

    /// Sends text; false when the connection takes no more.
    @discardableResult
    func send(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(socket.number, $0.baseAddress?.advanced(by: sent), bytes.count - sent, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Ends its side in a way that the server sees as a reset.
    func reset() {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket.number, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
        endSending()
        // The socket is closed, and its number stays this client's.
        let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
        dup2(null, socket.number)
        close(null)
    }

    /// Sends nothing more, and still reads.
    func endSending() {
        shutdown(socket.number, CInt(SHUT_WR))
    }

    /// The next answer.
    ///
    /// - Parameter hasBody: False for the answer to HEAD.
    func answer(hasBody: Bool = true) throws -> Answer {
        while true {
            if let answer = takeAnswer(hasBody: hasBody) { return answer }
            try #require(
                receive(), "the connection ended before an answer: \(String(decoding: received, as: UTF8.self))")
        }
    }

    /// Reads on until the connection ends, and what came before.
    func end() -> (End, rest: String) {
        while receive() {}
        return (ending, String(decoding: received, as: UTF8.self))
    }

    /// Waits for the start of an answer; false when the connection ends before.
    func firstBytes() -> Bool { receive() }

    /// Waits until all that came, and that was in no answer, ends so; false when the connection ends before.
    func reads(until end: String) -> Bool {
        while !received.suffix(end.utf8.count).elementsEqual(end.utf8) {
            guard receive() else { return false }
        }
        return true
    }

    /// What comes with one read; nil at the end.
    func message() -> String? {
        received = []
        return receive() ? String(decoding: received, as: UTF8.self) : nil
    }

    private func takeAnswer(hasBody: Bool) -> Answer? {
        guard let end = received.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        var lines = String(decoding: received[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n").map(
            String.init)
        let status = Int(lines.removeFirst().split(separator: " ")[1]) ?? 0
        let length = lines.first { $0.hasPrefix("Content-Length: ") }.flatMap { Int($0.dropFirst(16)) } ?? 0
        if hasBody, lines.contains("Transfer-Encoding: chunked") {
            guard let (chunks, end) = chunks(from: end.upperBound) else { return nil }
            received.removeFirst(end)
            return Answer(status: status, fields: lines, body: chunks.flatMap(\.self), chunks: chunks)
        }
        let count = hasBody && status >= 200 ? length : 0
        guard received.count >= end.upperBound + count else { return nil }
        let body = Array(received[end.upperBound..<(end.upperBound + count)])
        received.removeFirst(end.upperBound + count)
        return Answer(status: status, fields: lines, body: body)
    }

    /// A body in chunks without extensions and trailers (RFC 9112 section 7.1), and the place behind it; nil before it is whole.
    private func chunks(from start: Int) -> (chunks: [[UInt8]], end: Int)? {
        var chunks: [[UInt8]] = []
        var start = start
        while let line = received[start...].firstRange(of: Array("\r\n".utf8)) {
            let digits = String(decoding: received[start..<line.lowerBound], as: UTF8.self)
            guard let size = Int(digits, radix: 16), received.count >= line.upperBound + size + 2 else { return nil }
            let end = line.upperBound + size
            guard received[end..<(end + 2)].elementsEqual("\r\n".utf8) else { return nil }
            start = end + 2
            if size == 0 { return (chunks, start) }
            chunks.append(Array(received[line.upperBound..<end]))
        }
        return nil
    }

    /// Takes what comes next; false at the end.
    private func receive() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(socket.number, &buffer, buffer.count, 0)
        if count > 0 {
            received += buffer[..<count]
            return true
        }
        ending = count == 0 ? .closed : errno == EAGAIN ? .open : .reset
        return false
    }
}
