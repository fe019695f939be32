import HTTP

/// What a parser made of a server's bytes, up to the end of its answer or of the connection.
struct ReadAnswer: Equatable {
    /// How it ended.
    enum End: Equatable {
        /// The answer says where it ends.
        case complete
        /// The connection's end is the answer's.
        case closed
        /// The bytes end before the answer does.
        case open
        case refused(MessageError)
    }

    var end = End.open
    var status = 0
    var body: [UInt8] = []
    var keepsAlive = false
    var contentLength: Int?
    var isEncoded = false
    /// Bytes behind the end.
    var rest = 0
    /// Times the head was announced.
    var heads = 0

    /// Reads pieces as they would come from a socket, and then the connection's end.
    init(_ pieces: [ArraySlice<UInt8>], isHead: Bool = false) {
        var parser = ResponseParser()
        parser.begin(isHead: isHead)
        for piece in pieces {
            if end == .complete { rest += piece.count } else { read(piece, &parser) }
            if case .refused = end { return }
        }
        if end == .open, parser.close() { end = .closed }
        keepsAlive = parser.keepsAlive
    }

    /// Reads an answer in one piece; each character up to U+00FF is a byte.
    init(_ answer: String, isHead: Bool = false) {
        self.init([bytes(answer)[...]], isHead: isHead)
    }

    private mutating func read(_ piece: ArraySlice<UInt8>, _ parser: inout ResponseParser) {
        piece.withUnsafeBufferPointer { buffer in
            var cursor = 0
            // Each turn takes a byte, but for the head's and the last one's.
            var turns = buffer.count + 3
            do throws(MessageError) {
                while end == .open {
                    turns -= 1
                    precondition(turns > 0, "it goes round without reading")
                    let before = cursor
                    switch try parser.next(buffer, &cursor) {
                    case .more:
                        precondition(cursor == buffer.count, "it asks for more before all is read")
                        return
                    case .interim: preconditionFailure("nobody wants them")
                    case .head:
                        heads += 1
                        status = parser.status
                        contentLength = parser.contentLength
                        isEncoded = parser.isEncoded
                    case .body(let range):
                        precondition(range.lowerBound >= before && range.upperBound == cursor && !range.isEmpty)
                        body += buffer[range]
                    case .end:
                        end = .complete
                        rest += buffer.count - cursor
                        let place = cursor
                        let next = try parser.next(buffer, &cursor)
                        precondition(next == .end && cursor == place, "it reads on")
                    }
                }
            } catch {
                end = .refused(error)
            }
        }
    }

    /// What cannot be true of any answer, nil when all can.
    var contradiction: String? {
        switch end {
        case .complete:
            if heads != 1 { return "an end without a head" }
            if let contentLength, contentLength != body.count { return "a body of another length" }
        case .closed:
            if heads != 1 || contentLength != nil || keepsAlive { return "an end by the connection's that is none" }
        case .open, .refused:
            if heads > 1 || (heads == 0 && !body.isEmpty) { return "a body without a head" }
        }
        return nil
    }

    /// Why it was refused, nil when it was not.
    var refusal: MessageError? {
        if case .refused(let error) = end { error } else { nil }
    }
}

/// The bytes that characters up to U+00FF stand for.
func bytes(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { UInt8($0.value) }
}

/// Ways to cut bytes up.
enum Pieces {
    /// Pieces of the same size, but for the last one.
    static func of(_ bytes: [UInt8], each size: Int) -> [ArraySlice<UInt8>] {
        stride(from: 0, to: bytes.count, by: size).map { bytes[$0..<min($0 + size, bytes.count)] }
    }
}
