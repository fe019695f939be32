import FanOut
import NIOCore
import NIOHTTP1

/// A whole request with what its answer must know of it.
struct IncomingRequest {
    var request: Request
    /// RFC 9112 section 9.3.
    var keepsAlive: Bool
    /// HTTP/1.0 wants to be told that the connection stays open.
    var isHTTP10: Bool
}

/// Puts requests together from the decoder's parts, within the limits: parts in, requests out.
struct RequestAssembler {
    enum Event {
        case none
        /// The client waits for `100 Continue` before it sends the body (RFC 9110 section 10.1.1).
        case expectsContinue
        case request(IncomingRequest)
        /// This and all that follows on the connection is not read.
        case refusal(status: Int, detail: String)
    }

    private let limits: EdgeLimits
    private let client: String
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var isRefused = false

    init(limits: EdgeLimits, client: String) {
        self.limits = limits
        self.client = client
    }

    mutating func take(_ part: HTTPServerRequestPart, at now: MonotonicTime) -> Event {
        if isRefused { return .none }
        let event =
            switch part {
            case .head(let head): begin(head)
            case .body(let bytes): add(bytes)
            case .end: end(at: now)
            }
        if case .refusal = event { isRefused = true }
        return event
    }

    private mutating func begin(_ head: HTTPRequestHead) -> Event {
        self.head = head
        guard head.uri.utf8.count <= limits.targetBytes else {
            return .refusal(status: 414, detail: "The target is longer than \(limits.targetBytes) bytes.")
        }
        if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }), length > limits.requestBody {
            return tooLarge
        }
        guard let expectation = head.headers.first(name: "expect") else { return .none }
        return expectation.lowercased() == "100-continue"
            ? .expectsContinue
            : .refusal(status: 417, detail: "The only expectation that can be met is 100-continue.")
    }

    private mutating func add(_ bytes: ByteBuffer) -> Event {
        guard body.count + bytes.readableBytes <= limits.requestBody else { return tooLarge }
        body.append(contentsOf: bytes.readableBytesView)
        return .none
    }

    private var tooLarge: Event {
        .refusal(status: 413, detail: "The body is longer than \(limits.requestBody) bytes.")
    }

    private mutating func end(at now: MonotonicTime) -> Event {
        guard let head else { return .none }
        let request = Request(
            method: head.method.rawValue, target: head.uri, fields: head.headers.map { $0 }, body: body,
            client: client, received: now)
        self.head = nil
        body = []
        return .request(
            IncomingRequest(request: request, keepsAlive: head.isKeepAlive, isHTTP10: head.version.minor == 0))
    }
}
