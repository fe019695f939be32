import Base

/// How much of a request is read before its body.
package struct RequestLimits: Sendable, Hashable {
    /// Bytes of all header fields, trailers and chunk extensions of one request; more is answered 431.
    ///
    /// 32 KiB: as nginx's four large buffers of 8 KiB.
    package var headerBytes = 32 << 10
    /// Fields of the head, and so many trailers again; more is answered 431.
    ///
    /// 100: as Apache's LimitRequestFields, several times what browsers send.
    package var headerFields = 100
    /// Bytes of the target; a longer one is answered 414.
    ///
    /// 8 KiB: RFC 9110 section 4.1 wants at least 8,000 bytes.
    package var targetBytes = 8 << 10

    package init() {}
}

/// Why a request is not read on; the connection ends with its answer.
package enum RequestError: Error, Sendable, Equatable {
    case malformed(MessageError)
    case badRequestLine, badVersion, badHost, unknownCoding, targetTooLong, headerTooLong, unknownExpectation

    /// The status that answers it (RFC 9110 section 15).
    package var status: Int {
        switch self {
        case .malformed, .badRequestLine, .badHost: 400
        case .targetTooLong: 414
        case .unknownExpectation: 417
        case .headerTooLong: 431
        case .unknownCoding: 501
        case .badVersion: 505
        }
    }

    /// What is wrong, for the client.
    package var detail: String {
        switch self {
        case .malformed(.badLength): "The length of the body is not given once and in digits."
        case .malformed(.badCoding):
            "A body has either a length or the coding chunked, and chunked no HTTP/1.0 request."
        case .malformed(.badChunk): "The body is not well formed in chunks."
        case .malformed(.bareLineFeed): "Lines end in CR LF."
        case .malformed: "A header field is not well formed."
        case .badRequestLine: "The request line is not well formed."
        case .badVersion: "Only HTTP/1.0 and HTTP/1.1 are spoken here."
        case .badHost: "There must be one Host, with a name or an address, and at most a port."
        case .unknownCoding: "The only transfer coding that is taken is chunked."
        case .targetTooLong: "The target is longer than is taken."
        case .headerTooLong: "The header is longer or has more fields than is taken."
        case .unknownExpectation: "The only expectation that can be met is 100-continue."
        }
    }
}

/// What a request says before its body: the request line, all fields, and what they mean for framing and connection.
package struct RequestHead: Sendable {
    package private(set) var method = ""
    package private(set) var target = ""
    package private(set) var fields = HeaderFields()
    package private(set) var isHTTP10 = false
    /// The size of the body; nil without one, or when it comes in chunks.
    package private(set) var contentLength: Int?
    package private(set) var isChunked = false
    /// The client waits for `100 Continue` before it sends the body (RFC 9110 section 10.1.1).
    package private(set) var expectsContinue = false
    private var hasHost = false
    private var saysUpgrade = false
    private var namesWebSocket = false
    private var saysClose = false
    private var saysKeepAlive = false

    /// RFC 9112 section 9.3: HTTP/1.1 persists unless it says close, HTTP/1.0 only where it says keep-alive.
    package var keepsAlive: Bool { !saysClose && (!isHTTP10 || saysKeepAlive) }

    /// Whether bytes of a body follow.
    package var hasBody: Bool { isChunked || contentLength ?? 0 > 0 }

    /// Whether the connection is to become a WebSocket (RFC 6455 section 4.1), which is asked for without a body.
    package var asksForWebSocket: Bool {
        saysUpgrade && namesWebSocket && !isHTTP10 && method == "GET" && !hasBody
    }

    /// Reads `GET /target HTTP/1.1` (RFC 9112 section 3): one space between its parts, nothing but visible ASCII in them.
    mutating func readRequestLine(
        _ line: UnsafeBufferPointer<UInt8>, targetLimit: Int
    ) throws(RequestError) {
        var space = 0
        while space < line.count, FieldSyntax.isToken(line[space]) { space += 1 }
        guard space > 0, space < line.count, line[space] == 0x20 else { throw .badRequestLine }
        let start = space + 1
        var end = start
        while end < line.count, line[end] > 0x20, line[end] < 0x7F { end += 1 }
        guard end > start, end < line.count, line[end] == 0x20 else { throw .badRequestLine }
        guard end - start <= targetLimit else { throw .targetTooLong }
        isHTTP10 = try Self.isHTTP10(UnsafeBufferPointer(rebasing: line[(end + 1)...]))
        method = String(decoding: line[..<space], as: UTF8.self)
        target = String(decoding: line[start..<end], as: UTF8.self)
    }

    /// Whether a request line can begin so: what another protocol greets with is refused though its line may never end.
    static func mayBeRequestLine(_ start: some Sequence<UInt8>) -> Bool {
        for byte in start {
            if byte == 0x20 { return true }
            if !FieldSyntax.isToken(byte) { return false }
        }
        return true
    }

    private static func isHTTP10(_ version: UnsafeBufferPointer<UInt8>) throws(RequestError) -> Bool {
        guard version.count == 8, FieldSyntax.namesHTTP(version), version[6] == UInt8(ascii: "."),
            version[5].digit != nil, let minor = version[7].digit
        else { throw .badRequestLine }
        guard version[5] == UInt8(ascii: "1"), minor <= 1 else { throw .badVersion }
        return minor == 0
    }

    /// Reads a field line, keeps it, and notes what it says of the message.
    mutating func read(_ line: UnsafeBufferPointer<UInt8>) throws(RequestError) {
        let (name, value) = try Self.split(line)
        fields.append(name, value)
        // Most fields differ from those below in their length alone.
        switch name.count {
        case 4 where FieldSyntax.isName(name, "host"):
            guard !hasHost, HostField.isWellFormed(value) else { throw .badHost }
            hasHost = true
        case 6 where FieldSyntax.isName(name, "expect"):
            guard FieldSyntax.isName(value, "100-continue") else { throw .unknownExpectation }
            // HTTP/1.0 has no interim answers (RFC 9110 section 10.1.1).
            expectsContinue = !isHTTP10
        case 7 where FieldSyntax.isName(name, "upgrade"):
            if FieldSyntax.isName(value, "websocket") { namesWebSocket = true }
        case 10 where FieldSyntax.isName(name, "connection"):
            FieldSyntax.eachToken(value) { token in
                if FieldSyntax.isName(token, "close") { saysClose = true }
                if FieldSyntax.isName(token, "keep-alive") { saysKeepAlive = true }
                if FieldSyntax.isName(token, "upgrade") { saysUpgrade = true }
            }
        case 14 where FieldSyntax.isName(name, "content-length"):
            // One of two lengths, or a length beside a coding, would be some other reader's choice.
            guard !isChunked else { throw .malformed(.badCoding) }
            guard contentLength == nil, let length = FieldSyntax.length(value) else { throw .malformed(.badLength) }
            contentLength = length
        case 17 where FieldSyntax.isName(name, "transfer-encoding"):
            guard !isChunked, !isHTTP10, contentLength == nil else { throw .malformed(.badCoding) }
            guard FieldSyntax.isName(value, "chunked") else { throw .unknownCoding }
            isChunked = true
        default: break
        }
    }

    /// Whether a text can stand as Host.
    package static func isHost(_ text: String) -> Bool {
        HostField.isWellFormed(authority: text[...])
    }

    private static func split(
        _ line: UnsafeBufferPointer<UInt8>
    ) throws(RequestError) -> (name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>) {
        do throws(MessageError) { return try FieldSyntax.split(line) } catch { throw .malformed(error) }
    }

    /// The empty line after the fields (RFC 9112 section 3.2: HTTP/1.1 has a Host).
    func end() throws(RequestError) {
        guard hasHost || isHTTP10 else { throw .badHost }
    }
}
