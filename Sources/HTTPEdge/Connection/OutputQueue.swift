import CLinux
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
    /// Memory that is kept for what is put together.
    private static let keptBytes = 4 << 10

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

    /// Sends bytes behind those that wait, at once and from where they lie; what the socket does not take waits as a copy.
    ///
    /// A broken connection takes nothing, and is found by the next `send`.
    ///
    /// - Parameter end: Goes behind them.
    mutating func send(_ bytes: UnsafeBufferPointer<UInt8>, _ end: StaticString, to socket: CInt) {
        var taken = 0
        if pieces.isEmpty {
            gathered.withUnsafeBytes { waiting in
                taken = max(0, Self.send(waiting, UnsafeRawBufferPointer(bytes), Self.bytes(of: end), to: socket))
            }
            let gone = min(taken, gathered.count)
            taken -= gone
            // What was kept for heads and sizes is used again, and what a slow client had wait is not kept.
            if gone < gathered.count {
                gathered.removeFirst(gone)
            } else {
                gathered.removeAll(keepingCapacity: gathered.capacity <= Self.keptBytes)
            }
            count -= gone
        }
        let rest = bytes[min(taken, bytes.count)...]
        taken = max(0, taken - bytes.count)
        gather {
            $0.append(contentsOf: rest)
            $0.append(contentsOf: Self.bytes(of: end).dropFirst(taken))
        }
    }

    private static func bytes(of text: StaticString) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    /// Three pieces in one sendmsg(2); -1 with errno.
    private static func send(
        _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, _ third: UnsafeRawBufferPointer,
        to socket: CInt
    ) -> Int {
        withUnsafeTemporaryAllocation(of: iovec.self, capacity: 3) { pieces in
            pieces[0] = iovec(reading: first)
            pieces[1] = iovec(reading: second)
            pieces[2] = iovec(reading: third)
            var message = msghdr()
            message.msg_iov = pieces.baseAddress
            message.msg_iovlen = 3
            return sendmsg(socket, &message, CInt(MSG_NOSIGNAL))
        }
    }

    /// send(2); -1 with errno.
    static func send(_ bytes: [UInt8], from start: Int, to socket: CInt, upTo limit: Int) -> Int {
        bytes.withUnsafeBytes { bytes in
            let piece = bytes[start...].prefix(limit)
            return CLinux_send(socket, UnsafeRawBufferPointer(rebasing: piece).baseAddress, piece.count)
        }
    }
}

extension iovec {
    /// For what only reads, as sendmsg(2) does.
    fileprivate init(reading bytes: UnsafeRawBufferPointer) {
        self.init(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
    }
}
