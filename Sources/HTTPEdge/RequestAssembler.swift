import FanOut
import Processes

/// A whole request with what its answer must know of it.
struct IncomingRequest {
    var request: Request
    var reply: ReplyTraits
}

/// What the answer to a request must know of it.
struct ReplyTraits {
    /// RFC 9112 section 9.3.
    var keepsAlive: Bool
    /// HTTP/1.0 wants to be told that the connection stays open.
    var isHTTP10: Bool
    /// A HEAD request's answer has the length of a GET's and no body (RFC 9110 section 9.3.2).
    var omitsBody: Bool
}

/// Puts requests together from a connection's bytes, within the limits.
struct RequestAssembler {
    enum Event {
        /// All bytes are taken.
        case none
        /// The client waits for `100 Continue` before it sends the body (RFC 9110 section 10.1.1).
        case expectsContinue
        case request(IncomingRequest)
        /// This and all that follows on the connection is not read.
        case refusal(status: Int, detail: String)
    }

    private let bodyLimit: Int
    private let client: String
    private var parser: RequestParser
    private var body: [UInt8] = []
    private var isRefused = false

    init(limits: EdgeLimits, client: String) {
        bodyLimit = limits.requestBody
        self.client = client
        parser = RequestParser(limits.request)
    }

    /// Whether a request has begun and is not whole.
    var isInside: Bool { parser.isInside }

    /// Reads on from `cursor`, which moves past what was read.
    mutating func next(_ bytes: UnsafeBufferPointer<UInt8>, _ cursor: inout Int) -> Event {
        while !isRefused {
            do throws(RequestError) {
                switch try parser.next(bytes, &cursor) {
                case .more: return .none
                case .head:
                    if let length = parser.head.contentLength, length > bodyLimit { return tooLarge() }
                    if parser.head.expectsContinue { return .expectsContinue }
                case .body(let range):
                    guard body.count + range.count <= bodyLimit else { return tooLarge() }
                    body.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[range]))
                case .end: return .request(assembled())
                }
            } catch {
                isRefused = true
                return .refusal(status: error.status, detail: error.detail)
            }
        }
        return .none
    }

    private mutating func tooLarge() -> Event {
        isRefused = true
        return .refusal(status: 413, detail: "The body is longer than \(bodyLimit) bytes.")
    }

    private mutating func assembled() -> IncomingRequest {
        defer { body = [] }
        let head = parser.head
        return IncomingRequest(
            request: Request(
                method: head.method, target: head.target, fields: head.fields, body: body, client: client,
                received: .now()),
            reply: ReplyTraits(
                keepsAlive: head.keepsAlive, isHTTP10: head.isHTTP10, omitsBody: head.method == "HEAD"))
    }
}
