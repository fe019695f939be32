import Glibc

/// What a connection has to send and its socket did not take yet.
struct OutputQueue {
    /// In order; of the first, `sent` bytes are gone.
    private var pieces: [[UInt8]] = []
    private var sent = 0

    var isEmpty: Bool { pieces.isEmpty }

    /// Adds bytes behind those that wait, which are shared and not copied.
    mutating func append(_ bytes: [UInt8]) {
        if !bytes.isEmpty { pieces.append(bytes) }
    }

    /// Forgets what waits.
    mutating func removeAll() {
        pieces = []
        sent = 0
    }

    /// Sends what the socket takes, so many bytes at most; false when the connection is broken.
    mutating func send(to socket: CInt, upTo limit: Int) -> Bool {
        var left = limit
        while left > 0, let first = pieces.first {
            let count = Self.send(first, from: sent, to: socket, upTo: left)
            guard count >= 0 else { return errno == EAGAIN || errno == EINTR }
            sent += count
            left -= count
            if sent == first.count {
                pieces.removeFirst()
                sent = 0
            }
        }
        return true
    }

    /// send(2); -1 with errno.
    static func send(_ bytes: [UInt8], from start: Int, to socket: CInt, upTo limit: Int) -> Int {
        bytes.withUnsafeBytes { bytes in
            let piece = bytes[start...].prefix(limit)
            return Glibc.send(
                socket, UnsafeRawBufferPointer(rebasing: piece).baseAddress, piece.count, CInt(MSG_NOSIGNAL))
        }
    }
}
