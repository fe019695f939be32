import Foundation

/// Requests with bodies, as they arrive.
extension BlockingConnection {
    /// The head of the next request with its end, and no byte behind it; nil when the client is gone.
    func head() -> String? {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            guard recv(socket, &byte, 1, 0) == 1 else { return nil }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What comes next; empty at the end.
    func receive() -> String {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = recv(socket, &buffer, buffer.count, 0)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }

    /// All up to these words, or to the end.
    func receive(until words: String) -> String {
        var text = ""
        while !text.contains(words) {
            let more = receive()
            if more.isEmpty { break }
            text += more
        }
        return text
    }

    /// Reads and forgets so many bytes; how many there were before the end.
    func receives(_ count: Int) -> Int {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var left = count
        while left > 0 {
            let got = recv(socket, &buffer, min(buffer.count, left), 0)
            guard got > 0 else { break }
            left -= got
        }
        return count - left
    }

    /// Waits until the client has closed the connection, whatever it sent before.
    func waitForEnd() {
        // POLLRDHUP of poll(2), which Glibc's module does not have.
        var state = pollfd(fd: socket, events: 0x2000, revents: 0)
        _ = poll(&state, 1, 20_000)
    }

    /// Sends text; false when the client is gone.
    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Sends these bytes again and again, so many in all; false when the client is gone.
    func send(_ bytes: [UInt8], upTo count: Int) -> Bool {
        var left = count
        while left > 0 {
            let sent = Glibc.send(socket, bytes, min(bytes.count, left), Int32(MSG_NOSIGNAL))
            guard sent > 0 else { return false }
            left -= sent
        }
        return true
    }
}

/// What an upstream's threads saw, in their order.
final class Notes: Sendable {
    private let lock = NSLock()
    nonisolated(unsafe) private var texts: [String] = []  // only under the lock

    func add(_ text: String) { lock.withLock { texts.append(text) } }
    var all: [String] { lock.withLock { texts } }
}
