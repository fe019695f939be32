import HTTP

/// What a parser made of a client's bytes.
struct ReadRequests: Equatable {
    /// One request, whole.
    struct One: Equatable {
        var method: String
        var target: String
        var body: [UInt8] = []
        var keepsAlive: Bool
        var isHTTP10: Bool
        var contentLength: Int?
        var isChunked: Bool
        var expectsContinue: Bool
        /// Of the fields `Host`, `A` and `B`, the first of each.
        var host, a, b: String?

        init(_ head: RequestHead) {
            method = head.method
            target = head.target
            keepsAlive = head.keepsAlive
            isHTTP10 = head.isHTTP10
            contentLength = head.contentLength
            isChunked = head.isChunked
            expectsContinue = head.expectsContinue
            host = head.fields.first("host")
            a = head.fields.first("a")
            b = head.fields.first("b")
        }
    }

    var complete: [One] = []
    /// The one whose head is read, and whose body is not whole.
    var begun: One?
    /// Why nothing more is read.
    var refusal: RequestError?
    /// Whether the bytes end in the middle of a request.
    var isInside = false

    /// Reads pieces as they would come from a socket.
    init(_ pieces: [ArraySlice<UInt8>], _ limits: RequestLimits = RequestLimits()) {
        var parser = RequestParser(limits)
        for piece in pieces where refusal == nil {
            piece.withUnsafeBufferPointer { read($0, &parser) }
        }
        isInside = refusal == nil && parser.isInside
    }

    /// Reads bytes in one piece; each character up to U+00FF is a byte.
    init(_ text: String, _ limits: RequestLimits = RequestLimits()) {
        self.init([bytes(text)[...]], limits)
    }

    private mutating func read(_ buffer: UnsafeBufferPointer<UInt8>, _ parser: inout RequestParser) {
        var cursor = 0
        // Each turn takes a byte, but for those of a head and an end.
        var turns = 2 * buffer.count + 3
        do throws(RequestError) {
            while true {
                turns -= 1
                precondition(turns > 0, "it goes round without reading")
                let before = cursor
                switch try parser.next(buffer, &cursor) {
                case .more:
                    precondition(cursor == buffer.count, "it asks for more before all is read")
                    return
                case .head:
                    precondition(begun == nil, "a head inside a request")
                    begun = One(parser.head)
                case .body(let range):
                    precondition(range.lowerBound >= before && range.upperBound == cursor && !range.isEmpty)
                    precondition(begun != nil, "a body without a head")
                    begun?.body += buffer[range]
                case .end:
                    guard let begun else { preconditionFailure("an end without a head") }
                    precondition(!parser.isInside, "it is inside a request that has ended")
                    complete.append(begun)
                    self.begun = nil
                }
            }
        } catch {
            refusal = error
        }
    }

    /// What cannot be true of any request, nil when all can.
    var contradiction: String? {
        for one in complete {
            if one.body.count != one.contentLength ?? (one.isChunked ? one.body.count : 0) {
                return "a body of another length"
            }
            if one.isChunked, one.contentLength != nil || one.isHTTP10 { return "two ways to frame it" }
            if one.method.isEmpty || one.target.isEmpty { return "a request for nothing" }
            if one.host == nil, !one.isHTTP10 { return "no host" }
            if one.isHTTP10, one.expectsContinue { return "HTTP/1.0 has no interim answers" }
        }
        return nil
    }
}
