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

    private enum Ended: Sendable {
        case nothing, interim, head
    }

    private var state = State.statusLine
    private var reading = HeadReading()
    private var asked = Asked()
    /// What the line that was read last has ended, for one turn of `next`.
    private var ended = Ended.nothing

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
        asked = Asked(isHead: isHead, isPassedOn: passingOn, mayUpgrade: upgrading)
        interim = nil
        trailers = passingOn ? HeaderFields() : nil
        collected = collecting ? HeaderFields() : nil
        state = .statusLine
        reading.begin()
        status = 0
        keepsAlive = false
        contentLength = nil
        bodyLeft = 0
        isEncoded = false
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
                let event = try chunks.next(
                    bytes, &cursor, &reading.lines, fields: &reading.fieldsLeft, trailers: &trailers)
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
                switch ended {
                case .nothing: break
                case .interim: return .interim
                case .head: return .head
                }
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

    /// Reads one line of the head, false when its end is not there yet.
    private mutating func readLine(
        _ bytes: UnsafeBufferPointer<UInt8>, _ cursor: inout Int
    ) throws(MessageError) -> Bool {
        ended = .nothing
        let start = cursor
        let line: LineReader.Line
        do throws(MessageError) {
            line = try reading.lines.next(bytes, &cursor)
        } catch {
            // What is no status line at all is refused as that, whatever its end.
            throw state == .statusLine && !mayBeStatusLine(bytes[start..<max(start, cursor - 1)])
                ? .badStatusLine : error
        }
        switch line {
        case .incomplete:
            guard state != .statusLine || ResponseFields.mayBeStatusLine(reading.lines.pending) else {
                throw .badStatusLine
            }
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
        reading.lines.pending.isEmpty
            ? ResponseFields.mayBeStatusLine(start) : ResponseFields.mayBeStatusLine(reading.lines.pending)
    }

    private mutating func read(_ line: UnsafeBufferPointer<UInt8>) throws(MessageError) {
        if state == .statusLine {
            status = try reading.fields.readStatusLine(line)
            state = .fields
        } else if line.isEmpty {
            try endHead()
        } else {
            reading.fieldsLeft -= 1
            guard reading.fieldsLeft >= 0 else { throw .headerTooLong }
            try reading.fields.read(line)
            if collected != nil {
                let (name, value) = try FieldSyntax.split(line)
                collected?.append(name, value)
            }
        }
    }

    /// The empty line after the fields: how long the body is (RFC 9112 section 6.3).
    private mutating func endHead() throws(MessageError) {
        guard status != 101 || asked.mayUpgrade else { throw .unwantedUpgrade }
        if status < 200, status != 101 {
            // An interim answer; the one that counts follows (RFC 9110 section 15.2).
            reading.isLast = reading.isLast || !reading.fields.keepsAlive
            reading.fields = ResponseFields()
            if asked.isPassedOn, status != 100, let collected {
                interim = (status, collected)
                ended = .interim
            }
            if collected != nil { collected = HeaderFields() }
            status = 0
            state = .statusLine
            return
        }
        ended = .head
        keepsAlive = reading.fields.keepsAlive && !reading.isLast
        if status == 101 {
            state = .untilClose
            keepsAlive = false
        } else if asked.isHead || status == 204 || status == 304 {
            // No body; a server that announces one after 204 may send it, so nothing more is read from it.
            if status == 204, reading.fields.isChunked || reading.fields.contentLength ?? 0 > 0 { keepsAlive = false }
            contentLength = 0
            state = .ending
        } else if reading.fields.isChunked {
            state = .chunks(ChunkedBody())
        } else if let length = reading.fields.contentLength {
            contentLength = length
            bodyLeft = length
            state = length == 0 ? .ending : .body
        } else {
            state = .untilClose
            keepsAlive = false
        }
        isEncoded = reading.fields.isEncoded && contentLength != 0
    }
}

/// What of a head was read so far.
private struct HeadReading {
    var fields = ResponseFields()
    var lines = LineReader(limit: ResponseLimits.headerBytes)
    /// Fields that may still come.
    var fieldsLeft = ResponseLimits.headerFields
    /// An interim answer said that the connection ends.
    var isLast = false

    mutating func begin() {
        fields = ResponseFields()
        lines.begin(limit: ResponseLimits.headerBytes)
        fieldsLeft = ResponseLimits.headerFields
        isLast = false
    }
}

/// What of a request changes how its answer is read.
private struct Asked {
    var isHead = false
    var isPassedOn = false
    var mayUpgrade = false
}
