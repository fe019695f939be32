import Base

/// Finds the lines of a message in bytes as they arrive (RFC 9112 section 2.2), within a limit on what all of them have.
struct LineReader: Sendable {
    /// What the next bytes hold.
    enum Line {
        /// All bytes are taken, and the line's end has not come.
        case incomplete
        /// A line in the bytes given.
        case here(Range<Int>)
        /// A line whose start came earlier.
        case gathered([UInt8])
    }

    /// The start of a line whose end has not come yet.
    private(set) var pending: [UInt8] = []
    /// Bytes of all lines so far, their ends included.
    private(set) var count = 0
    /// How many these may be.
    var limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// Starts on another message.
    mutating func begin(limit: Int) {
        pending.removeAll(keepingCapacity: true)
        count = 0
        self.limit = limit
    }

    /// Takes bytes of the last line out of the count.
    mutating func uncount(_ bytes: Int) {
        count -= bytes
    }

    /// The next line without its end, from `cursor` on, which moves past it.
    ///
    /// The CR before the LF is not optional, or a line could end where other readers see none.
    mutating func next(_ bytes: UnsafeBufferPointer<UInt8>, _ cursor: inout Int) throws(MessageError) -> Line {
        let start = cursor
        var end = start
        while end + EightBytes.count <= bytes.count {
            let text = EightBytes(bytes, at: end).beforeLineFeed
            end += text
            if text < EightBytes.count { break }
        }
        while end < bytes.count, bytes[end] != 0x0A { end += 1 }
        count += end - start + 1
        guard count <= limit else { throw .headerTooLong }
        guard end < bytes.count else {
            count -= 1
            pending.append(contentsOf: bytes[start...])
            cursor = bytes.count
            return .incomplete
        }
        cursor = end + 1
        if pending.isEmpty {
            guard end > start, bytes[end - 1] == 0x0D else { throw .bareLineFeed }
            return .here(start..<(end - 1))
        }
        pending.append(contentsOf: bytes[start..<end])
        guard pending.last == 0x0D else { throw .bareLineFeed }
        pending.removeLast()
        let whole = pending
        pending.removeAll(keepingCapacity: true)
        return .gathered(whole)
    }
}
