import HTTP
import Loop
import Processes

/// A whole request with what its answer must know of it.
struct IncomingRequest {
    let request: Request
    let reply: ReplyTraits
    /// Its body, where that is taken as it comes.
    var body: RequestBody?
}

/// Puts requests together from a connection's bytes, within the limits.
struct RequestAssembler {
    enum Event {
        /// All bytes are taken.
        case none
        /// The client waits for `100 Continue` before it sends the body (RFC 9110 section 10.1.1).
        case expectsContinue
        case request(IncomingRequest)
        /// A request without its body, which comes in pieces behind it.
        case head(IncomingRequest, BodyStreaming, limit: Int, expectsContinue: Bool)
        case piece(Range<Int>)
        /// All pieces have come.
        case end(trailers: HeaderFields)
        /// This and all that follows on the connection is not read.
        case refusal(status: Int, detail: String)
    }

    private let bodyLimit: Int
    private let client: String
    private let isFromProxy: Bool
    private var parser: RequestParser
    private var body: [UInt8] = []
    private var isRefused = false
    /// How the body that comes in pieces is framed.
    private var streamed: BodyStreaming?
    /// Bytes that the body which is put together may have.
    private var room = 0

    /// - Parameter isFromProxy: Whether the client is a trusted proxy.
    init(limits: ClientLimits.Requests, client: String, isFromProxy: Bool) {
        bodyLimit = limits.body
        self.client = client
        self.isFromProxy = isFromProxy
        parser = RequestParser(limits.head)
    }

    /// Whether a request has begun and is not whole; kept, since the parser would be copied for a look at it.
    private(set) var isInside = false

    /// Bytes of the body that is being put together.
    var bodyBytes: Int { body.count }

    /// Reads on from `cursor`, which moves past what was read.
    ///
    /// - Parameter handler: Asked how to read a body, once its request's head is read.
    @LoopActor
    mutating func next(
        _ bytes: UnsafeBufferPointer<UInt8>, _ cursor: inout Int, for handler: any RequestHandler
    ) -> Event {
        defer { isInside = parser.isInside }
        if streamed == .untilClose {
            guard cursor < bytes.count else { return .none }
            defer { cursor = bytes.count }
            return .piece(cursor..<bytes.count)
        }
        while !isRefused {
            do throws(RequestError) {
                switch try parser.next(bytes, &cursor) {
                case .more: return .none
                case .head:
                    if let event = begin(handler, left: bytes.count - cursor) { return event }
                case .body(let range):
                    if streamed != nil { return .piece(range) }
                    guard body.count + range.count <= room else { return tooLarge(room) }
                    body.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[range]))
                case .end:
                    guard streamed == nil else {
                        streamed = nil
                        return .end(trailers: parser.trailers ?? HeaderFields())
                    }
                    return .request(assembled())
                }
            } catch {
                isRefused = true
                return .refusal(status: error.status, detail: error.detail)
            }
        }
        return .none
    }

    /// The head is read; nil when its body is to be put together.
    ///
    /// - Parameter left: Bytes that have come behind it.
    @LoopActor
    private mutating func begin(_ handler: any RequestHandler, left: Int) -> Event? {
        let head = parser.head
        room = bodyLimit
        guard head.hasBody || head.asksForWebSocket else { return nil }
        switch handler.bodyReading(of: head) {
        case .whole: break
        case .untilClose:
            streamed = .untilClose
            return .head(assembled(), .untilClose, limit: .max, expectsContinue: false)
        case .streamed(let limit):
            if let length = head.contentLength {
                if length > limit { return tooLarge(limit) }
                // What has come already is sent in one piece with the head, and again where a connection was just closed.
                room = length
                if length <= left { return nil }
            }
            let framing = head.contentLength.map(BodyStreaming.length) ?? .chunked
            streamed = framing
            return .head(assembled(), framing, limit: limit, expectsContinue: head.expectsContinue)
        }
        if let length = head.contentLength, length > room { return tooLarge(room) }
        return head.expectsContinue ? .expectsContinue : nil
    }

    private mutating func tooLarge(_ limit: Int) -> Event {
        isRefused = true
        return .refusal(status: 413, detail: "The body is longer than \(limit) bytes.")
    }

    private mutating func assembled() -> IncomingRequest {
        defer { body = [] }
        let head = parser.head
        return IncomingRequest(
            request: Request(
                method: head.method, target: head.target, fields: head.fields, body: body,
                peer: Request.Peer(client, isTrustedProxy: isFromProxy), received: .now()),
            reply: ReplyTraits(
                keepsAlive: head.keepsAlive, isHTTP10: head.isHTTP10, omitsBody: head.method == "HEAD"))
    }
}
