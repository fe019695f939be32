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
        /// An interim answer (1xx) is read and stands in `interim`; only where the answer is passed on.
        case interim
        /// The final status line and its fields are read.
        case head
        case body(Range<Int>)
        /// The answer is complete; bytes behind it belong to nobody.
        case end
    }

    private enum State: Sendable, Equatable {
        case statusLine, fields
        case body
        case untilClose
        case chunks(ChunkedBody)
        case ending, done
    }

    private var state = State.statusLine
    private var fields = ResponseFields()
    private var lines = LineReader(limit: ResponseLimits.headerBytes)
    /// Fields that may still come.
    private var fieldsLeft = ResponseLimits.headerFields
    private var isHead = false

    /// The final status; 0 before the head is read.
    package private(set) var status = 0
    /// Whether another request may follow on the connection (RFC 9112 section 9.3); known with `end`.
    package private(set) var keepsAlive = false
    /// The size of the body that comes, nil where the head does not say it; known with `head`.
    package private(set) var contentLength: Int?
    /// Bytes of a body of known size that are still to come; 0 where none do.
    package private(set) var bodyLeft = 0
    /// Whether a body comes that has a content coding, such as gzip (RFC 9110 section 8.4); known with `head`.
    package private(set) var isEncoded = false
    /// The fields of the head, where they are kept.
    package private(set) var collected: HeaderFields?
    /// The interim answer that came last.
    package private(set) var interim: (status: Int, fields: HeaderFields)?
    /// The fields behind a body in chunks, where the answer is passed on; whole with `end`.
    package private(set) var trailers: HeaderFields?
    private var isPassedOn = false
    private var mayUpgrade = false
    /// An interim answer said that the connection ends.
    private var isLast = false

    package init() {}

    /// Makes ready for the answer to the next request on the connection.
    ///
    /// - Parameters:
    ///   - isHead: The request's method is HEAD, whose answer has no body whatever its fields say.
    ///   - collecting: The fields are kept.
    ///   - passingOn: So are trailers, and interim answers are told; but not 100, which ends with each connection
    ///     (RFC 9110 section 15.2).
    ///   - upgrading: The connection may become another protocol's (101), whose bytes come as a body without an end.
    package mutating func begin(
        isHead: Bool = false, collecting: Bool = false, passingOn: Bool = false, upgrading: Bool = false
    ) {
        isPassedOn = passingOn
        mayUpgrade = upgrading
        interim = nil
        trailers = passingOn ? HeaderFields() : nil
        collected = collecting ? HeaderFields() : nil
        state = .statusLine
        fields = ResponseFields()
        lines.begin(limit: ResponseLimits.headerBytes)
        fieldsLeft = ResponseLimits.headerFields
        self.isHead = isHead
        status = 0
        keepsAlive = false
        contentLength = nil
        bodyLeft = 0
        isEncoded = false
        isLast = false
    }

    /// Reads on from `cursor`, which moves past what was read.
    package mutating func next(
        _ bytes: UnsafeBufferPointer<UInt8>, _ cursor: inout Int
    ) throws(MessageError) -> Event {
        while true {
            switch state {
            case .body:
                guard let range = Self.take(bodyLeft, bytes, &cursor) else { return .more }
                passOver(range.count)
                return .body(range)
            case .chunks(var chunks):
                let event = try chunks.next(bytes, &cursor, &lines, fields: &fieldsLeft, trailers: &trailers)
                state = event == .end ? .ending : .chunks(chunks)
                switch event {
                case .more: return .more
                case .body(let range): return .body(range)
                case .end: break
                }
            case .untilClose:
                return Self.take(.max, bytes, &cursor).map { .body($0) } ?? .more
            case .ending, .done:
                state = .done
                return .end
            case .statusLine, .fields:
                guard try readLine(bytes, &cursor) else { return .more }
                if isHeadRead { return .head }
                if isInterimRead { return .interim }
            }
        }
    }

    /// So many bytes of a body of known size were taken, here or elsewhere; no more than are left of it.
    package mutating func passOver(_ count: Int) {
        bodyLeft -= count
        if bodyLeft == 0 { state = .ending }
    }

    /// The connection is closed by the server: whether that ends the answer, as it does where nothing else would.
    package mutating func close() -> Bool {
        guard state == .untilClose || state == .ending || state == .done else { return false }
        state = .done
        keepsAlive = false
        return true
    }

    private static func take(
        _ left: Int, _ bytes: UnsafeBufferPointer<UInt8>, _ cursor: inout Int
    ) -> Range<Int>? {
        let count = min(left, bytes.count - cursor)
        guard count > 0 else { return nil }
        defer { cursor += count }
        return cursor..<(cursor + count)
    }

    // MARK: Lines

    /// Set by the line that ended the final head, for one turn of `next`.
    private var isHeadRead = false
    /// Likewise, by that of an interim one that is told.
    private var isInterimRead = false

    /// Reads one line of the head, false when its end is not there yet.
    private mutating func readLine(
        _ bytes: UnsafeBufferPointer<UInt8>, _ cursor: inout Int
    ) throws(MessageError) -> Bool {
        isHeadRead = false
        isInterimRead = false
        let start = cursor
        let line: LineReader.Line
        do throws(MessageError) {
            line = try lines.next(bytes, &cursor)
        } catch {
            // What is no status line at all is refused as that, whatever its end.
            throw state == .statusLine && !mayBeStatusLine(bytes[start..<max(start, cursor - 1)])
                ? .badStatusLine : error
        }
        switch line {
        case .incomplete:
            guard state != .statusLine || ResponseFields.mayBeStatusLine(lines.pending) else { throw .badStatusLine }
            return false
        case .here(let range):
            try read(UnsafeBufferPointer(rebasing: bytes[range]))
        case .gathered(let whole):
            var failure: MessageError?
            whole.withUnsafeBufferPointer { text in
                do throws(MessageError) { try read(text) } catch { failure = error }
            }
            if let failure { throw failure }
        }
        return true
    }

    private func mayBeStatusLine(_ start: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        lines.pending.isEmpty ? ResponseFields.mayBeStatusLine(start) : ResponseFields.mayBeStatusLine(lines.pending)
    }

    private mutating func read(_ line: UnsafeBufferPointer<UInt8>) throws(MessageError) {
        if state == .statusLine {
            status = try fields.readStatusLine(line)
            state = .fields
        } else if line.isEmpty {
            try endHead()
        } else {
            fieldsLeft -= 1
            guard fieldsLeft >= 0 else { throw .headerTooLong }
            try fields.read(line)
            if collected != nil {
                let (name, value) = try FieldSyntax.split(line)
                collected?.append(name, value)
            }
        }
    }

    /// The empty line after the fields: how long the body is (RFC 9112 section 6.3).
    private mutating func endHead() throws(MessageError) {
        guard status != 101 || mayUpgrade else { throw .unwantedUpgrade }
        if status < 200, status != 101 {
            // An interim answer; the one that counts follows (RFC 9110 section 15.2).
            isLast = isLast || !fields.keepsAlive
            fields = ResponseFields()
            if isPassedOn, status != 100, let collected {
                interim = (status, collected)
                isInterimRead = true
            }
            if collected != nil { collected = HeaderFields() }
            status = 0
            state = .statusLine
            return
        }
        isHeadRead = true
        keepsAlive = fields.keepsAlive && !isLast
        if status == 101 {
            state = .untilClose
            keepsAlive = false
        } else if isHead || status == 204 || status == 304 {
            // No body; a server that announces one after 204 may send it, so nothing more is read from it.
            if status == 204, fields.isChunked || fields.contentLength ?? 0 > 0 { keepsAlive = false }
            contentLength = 0
            state = .ending
        } else if fields.isChunked {
            state = .chunks(ChunkedBody())
        } else if let length = fields.contentLength {
            contentLength = length
            bodyLeft = length
            state = length == 0 ? .ending : .body
        } else {
            state = .untilClose
            keepsAlive = false
        }
        isEncoded = fields.isEncoded && contentLength != 0
    }
}
