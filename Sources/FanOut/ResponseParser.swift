/// Reads a server's answer to one request (RFC 9112): bytes in, events out, nothing kept but what is needed to go on.
///
/// It is strict where two readers could see different messages: lines end in CRLF, a field's name is a token with the
/// colon right behind it, nothing is folded, and the length of the body has exactly one source. What libcurl refuses is
/// refused here too; what it repairs is refused as well.
package struct ResponseParser: Sendable {
    /// What the next bytes turned out to be; ranges are of the bytes given.
    package enum Event: Sendable, Equatable {
        /// All bytes are taken, and the answer goes on.
        case more
        /// The final status line and its fields are read; interim answers (1xx) are passed over.
        case head
        case body(Range<Int>)
        /// The answer is complete; bytes behind it belong to nobody.
        case end
    }

    private enum State: Sendable, Equatable {
        case statusLine, fields
        case body(left: Int)
        case untilClose
        case chunkSize
        case chunk(left: Int)
        case chunkEnd, trailers, ending, done
    }

    private var state = State.statusLine
    private var fields = ResponseFields()
    /// The start of a line whose end has not come yet.
    private var line: [UInt8] = []
    private var headerBytes = 0
    private var fieldCount = 0
    private var isHead = false

    /// The final status; 0 before the head is read.
    package private(set) var status = 0
    /// Whether another request may follow on the connection (RFC 9112 section 9.3); known with `end`.
    package private(set) var keepsAlive = false
    /// The size of the body that comes, nil where the head does not say it; known with `head`.
    package private(set) var contentLength: Int?
    /// An interim answer said that the connection ends.
    private var isLast = false

    package init() {}

    /// Makes ready for the answer to the next request on the connection.
    ///
    /// - Parameter isHead: The request's method is HEAD, whose answer has no body whatever its fields say.
    package mutating func begin(isHead: Bool = false) {
        state = .statusLine
        fields = ResponseFields()
        line.removeAll(keepingCapacity: true)
        headerBytes = 0
        fieldCount = 0
        self.isHead = isHead
        status = 0
        keepsAlive = false
        contentLength = nil
        isLast = false
    }

    /// Whether a body comes that has a content coding, such as gzip (RFC 9110 section 8.4).
    package var isEncoded: Bool { fields.isEncoded && contentLength != 0 }

    /// Reads on from `cursor`, which moves past what was read.
    package mutating func next(
        _ bytes: UnsafeBufferPointer<UInt8>, _ cursor: inout Int
    ) throws(ResponseError) -> Event {
        while true {
            switch state {
            case .body(let left):
                return take(left, bytes, &cursor) { $0 == 0 ? .ending : .body(left: $0) }
            case .chunk(let left):
                return take(left, bytes, &cursor) { $0 == 0 ? .chunkEnd : .chunk(left: $0) }
            case .untilClose:
                return take(.max, bytes, &cursor) { _ in .untilClose }
            case .ending, .done:
                state = .done
                return .end
            case .statusLine, .fields, .chunkSize, .chunkEnd, .trailers:
                guard try nextLine(bytes, &cursor) else { return .more }
                if isHeadRead { return .head }
            }
        }
    }

    /// The connection is closed by the server: whether that ends the answer, as it does where nothing else would.
    package mutating func close() -> Bool {
        guard state == .untilClose || state == .ending || state == .done else { return false }
        state = .done
        keepsAlive = false
        return true
    }

    private mutating func take(
        _ left: Int, _ bytes: UnsafeBufferPointer<UInt8>, _ cursor: inout Int, _ then: (Int) -> State
    ) -> Event {
        let count = min(left, bytes.count - cursor)
        guard count > 0 else { return .more }
        let range = cursor..<(cursor + count)
        cursor += count
        state = then(left - count)
        return .body(range)
    }

    // MARK: Lines

    /// Set by the line that ended the final head, for one turn of `next`.
    private var isHeadRead = false

    /// Reads one line, false when its end is not there yet.
    private mutating func nextLine(
        _ bytes: UnsafeBufferPointer<UInt8>, _ cursor: inout Int
    ) throws(ResponseError) -> Bool {
        isHeadRead = false
        let start = cursor
        var end = start
        while end < bytes.count, bytes[end] != 0x0A {
            // Over text by eight, and one by one over what is none, such as the CR before the LF.
            if end + EightBytes.count <= bytes.count {
                let text = EightBytes(bytes, at: end).visible
                end += max(1, text)
            } else {
                end += 1
            }
        }
        headerBytes += end - start + 1
        guard headerBytes <= ResponseLimits.headerBytes else { throw .headerTooLong }
        guard end < bytes.count else {
            headerBytes -= 1
            line.append(contentsOf: bytes[start...])
            cursor = bytes.count
            guard state != .statusLine || ResponseFields.mayBeStatusLine(line) else { throw .badStatusLine }
            return false
        }
        cursor = end + 1
        if line.isEmpty {
            try read(UnsafeBufferPointer(rebasing: bytes[start..<end]))
        } else {
            line.append(contentsOf: bytes[start..<end])
            let whole = line
            line.removeAll(keepingCapacity: true)
            var failure: ResponseError?
            whole.withUnsafeBufferPointer { text in
                do throws(ResponseError) { try read(text) } catch { failure = error }
            }
            if let failure { throw failure }
        }
        return true
    }

    /// A line without its LF; the CR before it is not optional, or a line could end where other readers see none.
    private mutating func read(_ text: UnsafeBufferPointer<UInt8>) throws(ResponseError) {
        guard let last = text.last, last == 0x0D else {
            throw state != .statusLine || ResponseFields.mayBeStatusLine(text) ? .bareLineFeed : .badStatusLine
        }
        let line = UnsafeBufferPointer(rebasing: text.dropLast())
        switch state {
        case .statusLine:
            status = try fields.readStatusLine(line)
            state = .fields
        case .fields:
            if line.isEmpty { try endHead() } else { try readField(line) }
        case .chunkSize:
            let (size, digits) = try ResponseFields.chunkSize(line)
            state = size == 0 ? .trailers : .chunk(left: size)
            // Of a body in chunks only the extensions count as header: a long body has many sizes.
            headerBytes -= digits + 2
        case .chunkEnd:
            guard line.isEmpty else { throw .badChunk }
            state = .chunkSize
            headerBytes -= 2
        case .trailers:
            if line.isEmpty { state = .ending } else { try readTrailer(line) }
        case .body, .untilClose, .chunk, .ending, .done:
            preconditionFailure("no lines are read there: `next` calls this only in the states above")
        }
    }

    private mutating func readField(_ line: UnsafeBufferPointer<UInt8>) throws(ResponseError) {
        try countField()
        try fields.read(line)
    }

    /// Trailers are checked and dropped (RFC 9110 section 6.5.1): they say nothing that a merged answer passes on.
    private mutating func readTrailer(_ line: UnsafeBufferPointer<UInt8>) throws(ResponseError) {
        try countField()
        _ = try ResponseFields.split(line)
    }

    private mutating func countField() throws(ResponseError) {
        fieldCount += 1
        if fieldCount > ResponseLimits.headerFields { throw .headerTooLong }
    }

    /// The empty line after the fields: how long the body is (RFC 9112 section 6.3).
    private mutating func endHead() throws(ResponseError) {
        guard status != 101 else { throw .unwantedUpgrade }
        if status < 200 {
            // An interim answer; the one that counts follows (RFC 9110 section 15.2).
            isLast = isLast || !fields.keepsAlive
            fields = ResponseFields()
            status = 0
            state = .statusLine
            return
        }
        isHeadRead = true
        keepsAlive = fields.keepsAlive && !isLast
        if isHead || status == 204 || status == 304 {
            // No body; a server that announces one after 204 may send it, so nothing more is read from it.
            if status == 204, fields.isChunked || fields.contentLength ?? 0 > 0 { keepsAlive = false }
            contentLength = 0
            state = .ending
        } else if fields.isChunked {
            state = .chunkSize
        } else if let length = fields.contentLength {
            contentLength = length
            state = length == 0 ? .ending : .body(left: length)
        } else {
            state = .untilClose
            keepsAlive = false
        }
    }
}
