/// Reads a client's requests from one connection (RFC 9112): bytes in, events out, nothing kept but what is needed to go on.
///
/// It is strict where two readers could see different requests: lines end in CRLF, a field's name is a token with the
/// colon right behind it, nothing is folded, and the length of the body has at most one source. What it refuses ends the
/// connection, so that nothing behind it is taken for a request.
package struct RequestParser: Sendable {
    /// What the next bytes turned out to be; ranges are of the bytes given.
    package enum Event: Sendable, Equatable {
        /// All bytes are taken, and the request goes on, or none has begun.
        case more
        /// The head is read and stands in `head`.
        case head
        case body(Range<Int>)
        /// The request is complete; bytes behind it begin the next one.
        case end
    }

    private enum State: Sendable, Equatable {
        case requestLine, fields
        case body(left: Int)
        case chunks(ChunkedBody)
    }

    private let limits: RequestLimits
    private var state = State.requestLine
    private var lines: LineReader
    /// Fields that may still come.
    private var fieldsLeft = 0
    package private(set) var head = RequestHead()
    /// The fields behind a body in chunks; whole with `end`.
    package private(set) var trailers: HeaderFields?

    package init(_ limits: RequestLimits) {
        self.limits = limits
        lines = LineReader(limit: Self.requestLine(limits))
    }

    /// Bytes of a request line: the target's, and what a method and a version take beside it.
    private static func requestLine(_ limits: RequestLimits) -> Int { limits.targetBytes + 128 }

    /// Whether a request has begun and not ended.
    package var isInside: Bool { state != .requestLine || !lines.pending.isEmpty }

    /// Reads on from `cursor`, which moves past what was read; not to be called again once it has thrown.
    package mutating func next(
        _ bytes: UnsafeBufferPointer<UInt8>, _ cursor: inout Int
    ) throws(RequestError) -> Event {
        while true {
            switch state {
            case .body(let left):
                guard left > 0 else { return ended() }
                let count = min(left, bytes.count - cursor)
                guard count > 0 else { return .more }
                cursor += count
                state = .body(left: left - count)
                return .body((cursor - count)..<cursor)
            case .chunks(var chunks):
                switch try readChunk(&chunks, bytes, &cursor) {
                case .more: return .more
                case .body(let range): return .body(range)
                case .end: return ended()
                }
            case .requestLine, .fields:
                guard cursor < bytes.count, try readLine(bytes, &cursor) else { return .more }
                if state != .requestLine, state != .fields { return .head }
            }
        }
    }

    private mutating func ended() -> Event {
        state = .requestLine
        lines.begin(limit: Self.requestLine(limits))
        return .end
    }

    private mutating func readChunk(
        _ chunks: inout ChunkedBody, _ bytes: UnsafeBufferPointer<UInt8>, _ cursor: inout Int
    ) throws(RequestError) -> ChunkedBody.Event {
        do throws(MessageError) {
            let event = try chunks.next(bytes, &cursor, &lines, fields: &fieldsLeft, trailers: &trailers)
            state = .chunks(chunks)
            return event
        } catch {
            throw error == .headerTooLong ? .headerTooLong : .malformed(error)
        }
    }

    // MARK: Head

    /// Reads one line of the head, false when its end is not there yet.
    private mutating func readLine(
        _ bytes: UnsafeBufferPointer<UInt8>, _ cursor: inout Int
    ) throws(RequestError) -> Bool {
        let line: LineReader.Line
        let start = cursor
        let gathered = lines.pending.count
        // What this line may have with its end; bytes behind that are not judged, as they need not have come yet.
        let room = lines.limit - lines.count + gathered
        do throws(MessageError) {
            line = try lines.next(bytes, &cursor)
        } catch {
            // What is no request line at all is refused as that, however long it is and whatever its end.
            if state == .requestLine {
                let line = lines.pending.prefix(gathered) + bytes[start...]
                guard RequestHead.mayBeRequestLine(line.prefix(room)) else { throw .badRequestLine }
            }
            guard error == .headerTooLong else { throw .malformed(error) }
            throw state == .requestLine ? .targetTooLong : .headerTooLong
        }
        switch line {
        case .incomplete:
            let isRequest = state != .requestLine || RequestHead.mayBeRequestLine(lines.pending)
            // The CR of an empty line before the request, whose LF has not come.
            guard isRequest || lines.pending == [0x0D] else { throw .badRequestLine }
            return false
        case .here(let range):
            try read(UnsafeBufferPointer(rebasing: bytes[range]))
        case .gathered(let whole):
            var failure: RequestError?
            whole.withUnsafeBufferPointer { text in
                do throws(RequestError) { try read(text) } catch { failure = error }
            }
            if let failure { throw failure }
        }
        return true
    }

    private mutating func read(_ line: UnsafeBufferPointer<UInt8>) throws(RequestError) {
        if state == .requestLine {
            // Some clients end a body with an empty line too many (RFC 9112 section 2.2); the line limit bounds them.
            if line.isEmpty { return }
            head = RequestHead()
            trailers = HeaderFields()
            try head.readRequestLine(line, targetLimit: limits.targetBytes)
            lines.begin(limit: limits.headerBytes)
            fieldsLeft = limits.headerFields
            state = .fields
        } else if line.isEmpty {
            try head.end()
            fieldsLeft = limits.headerFields
            state = head.isChunked ? .chunks(ChunkedBody()) : .body(left: head.contentLength ?? 0)
        } else {
            fieldsLeft -= 1
            guard fieldsLeft >= 0 else { throw .headerTooLong }
            try head.read(line)
        }
    }
}
