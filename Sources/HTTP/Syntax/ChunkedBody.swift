/// A body in chunks (RFC 9112 section 7.1): where its data lies in the bytes as they arrive.
///
/// Extensions are checked and dropped (RFC 9112 section 7.1.1); trailers are kept where somebody passes them on.
struct ChunkedBody: Sendable, Equatable {
    enum Event: Equatable {
        case more
        case body(Range<Int>)
        case end
    }

    private enum State: Sendable, Equatable {
        case size
        case chunk(left: Int)
        case chunkEnd, trailers, done
    }

    private var state = State.size

    /// Reads on from `cursor`, which moves past what was read.
    ///
    /// - Parameters:
    ///   - fields: Counts down what trailers may still come.
    ///   - trailers: Those that came; nil where nobody wants them.
    mutating func next(
        _ bytes: UnsafeBufferPointer<UInt8>, _ cursor: inout Int, _ lines: inout LineReader, fields: inout Int,
        trailers: inout HeaderFields?
    ) throws(MessageError) -> Event {
        while state != .done {
            if case .chunk(let left) = state {
                let count = min(left, bytes.count - cursor)
                guard count > 0 else { return .more }
                cursor += count
                state = left == count ? .chunkEnd : .chunk(left: left - count)
                return .body((cursor - count)..<cursor)
            }
            switch try lines.next(bytes, &cursor) {
            case .incomplete: return .more
            case .here(let range): try read(UnsafeBufferPointer(rebasing: bytes[range]), &lines, &fields, &trailers)
            case .gathered(let line): try read(line, &lines, &fields, &trailers)
            }
        }
        return .end
    }

    private mutating func read(
        _ line: [UInt8], _ lines: inout LineReader, _ fields: inout Int, _ trailers: inout HeaderFields?
    ) throws(MessageError) {
        var failure: MessageError?
        line.withUnsafeBufferPointer { line in
            do throws(MessageError) { try read(line, &lines, &fields, &trailers) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private mutating func read(
        _ line: UnsafeBufferPointer<UInt8>, _ lines: inout LineReader, _ fields: inout Int,
        _ trailers: inout HeaderFields?
    ) throws(MessageError) {
        switch state {
        case .size:
            let (size, digits) = try FieldSyntax.chunkSize(line)
            state = size == 0 ? .trailers : .chunk(left: size)
            // Only the extensions count as header: a long body has many sizes.
            lines.uncount(digits + 2)
        case .chunkEnd:
            guard line.isEmpty else { throw .badChunk }
            state = .size
            lines.uncount(2)
        case .trailers:
            guard !line.isEmpty else { return state = .done }
            let (name, value) = try FieldSyntax.split(line)
            fields -= 1
            guard fields >= 0 else { throw .headerTooLong }
            trailers?.append(name, value)
        case .chunk, .done: preconditionFailure("no lines are read there: `next` calls this only in the states above")
        }
    }
}
