import Glibc

/// What a connection has to send and its socket did not take yet.
struct OutputQueue {
    /// In order; of the first, `sent` bytes are gone.
    private var pieces: [[UInt8]] = []
    private var sent = 0
    /// Behind the pieces, what is put together to be one.
    private var gathered: [UInt8] = []
    /// Bytes that wait.
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// Adds bytes behind those that wait, which are shared and not copied.
    mutating func append(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        closePiece()
        pieces.append(bytes)
        count += bytes.count
    }

    /// Adds bytes behind those that wait, which are sent together with others that are added so.
    ///
    /// - Parameter write: Appends them.
    mutating func gather(_ write: (inout [UInt8]) -> Void) {
        let before = gathered.count
        write(&gathered)
        count += gathered.count - before
    }

    private mutating func closePiece() {
        guard !gathered.isEmpty else { return }
        pieces.append(gathered)
        gathered = []
    }

    /// Forgets what waits.
    mutating func removeAll() {
        pieces = []
        sent = 0
        gathered = []
        count = 0
    }

    /// Sends what the socket takes, so many bytes at most; false when the connection is broken.
    mutating func send(to socket: CInt, upTo limit: Int) -> Bool {
        var left = limit
        while left > 0 {
            if pieces.isEmpty { closePiece() }
            guard let first = pieces.first else { break }
            let taken = Self.send(first, from: sent, to: socket, upTo: left)
            guard taken >= 0 else { return errno == EAGAIN || errno == EINTR }
            sent += taken
            left -= taken
            count -= taken
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
