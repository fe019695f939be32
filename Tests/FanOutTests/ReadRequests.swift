import FanOut

/// What a parser made of a client's bytes, up to their end or its refusal.
struct ReadRequests: Equatable {
    /// One whole request.
    struct Whole: Equatable {
        var method: String
        var target: String
        var host: String?
        var body: [UInt8]
        var keepsAlive: Bool
    }

    var requests: [Whole] = []
    var refusal: RequestError?
    /// Whether a request has begun and not ended.
    var isInside = false

    /// Reads pieces as they would come from a socket.
    init(_ pieces: [ArraySlice<UInt8>], limits: RequestLimits = RequestLimits()) {
        var parser = RequestParser(limits)
        var body: [UInt8] = []
        for piece in pieces where refusal == nil { read(piece, &parser, &body) }
        isInside = refusal == nil && parser.isInside
    }

    /// Reads them in one piece; each character up to U+00FF is a byte.
    init(_ text: String, limits: RequestLimits = RequestLimits()) {
        self.init([text.unicodeScalars.map { UInt8($0.value) }[...]], limits: limits)
    }

    private mutating func read(_ piece: ArraySlice<UInt8>, _ parser: inout RequestParser, _ body: inout [UInt8]) {
        piece.withUnsafeBufferPointer { buffer in
            var cursor = 0
            // Each turn takes a byte, but for heads and ends.
            var turns = 3 * buffer.count + 3
            do throws(RequestError) {
                while true {
                    turns -= 1
                    precondition(turns > 0, "it goes round without reading")
                    let before = cursor
                    switch try parser.next(buffer, &cursor) {
                    case .more:
                        precondition(cursor == buffer.count, "it asks for more before all is read")
                        return
                    case .head: body = []
                    case .body(let range):
                        precondition(range.lowerBound >= before && range.upperBound == cursor && !range.isEmpty)
                        body += buffer[range]
                    case .end:
                        let head = parser.head
                        requests.append(
                            Whole(
                                method: head.method, target: head.target, host: head.fields.first("host"), body: body,
                                keepsAlive: head.keepsAlive))
                    }
                }
            } catch {
                refusal = error
            }
        }
    }
}
