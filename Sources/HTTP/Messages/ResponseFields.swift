import Base

/// How much of an answer is read before its body.
package enum ResponseLimits {
    /// Bytes of all lines of one answer: status, fields, interim answers, chunk extensions and trailers.
    ///
    /// 64 KiB: twice what is taken from clients, since services answer with long cookies and policies.
    package static let headerBytes = 64 << 10
    /// Fields of the head and of the trailers.
    package static let headerFields = 256
}

/// What the fields of an answer say of its framing and its connection, and nothing else of them.
struct ResponseFields: Sendable {
    private(set) var contentLength: Int?
    private(set) var isChunked = false
    private(set) var isEncoded = false
    private var isHTTP10 = false
    private var saysClose = false
    private var saysKeepAlive = false

    /// RFC 9112 section 9.3: HTTP/1.1 persists unless it says close, HTTP/1.0 only where it says keep-alive.
    var keepsAlive: Bool { !saysClose && (!isHTTP10 || saysKeepAlive) }

    /// Reads `HTTP/1.1 200 OK` (RFC 9112 section 4); the reason and the space before it may be missing.
    mutating func readStatusLine(_ line: UnsafeBufferPointer<UInt8>) throws(MessageError) -> Int {
        guard line.count >= 12, Self.isHTTP1(line), line[8] == 0x20, line.count == 12 || line[12] == 0x20 else {
            throw .badStatusLine
        }
        isHTTP10 = line[7] == UInt8(ascii: "0")
        var status = 0
        for index in 9..<12 {
            guard let digit = line[index].digit else { throw .badStatusLine }
            status = status * 10 + digit
        }
        guard status >= 100, FieldSyntax.isText(line, from: 12) else { throw .badStatusLine }
        return status
    }

    /// Whether a status line can begin so: what another protocol greets with is refused though its line may never end.
    static func mayBeStatusLine(_ start: some Sequence<UInt8>) -> Bool {
        zip(start, "HTTP/1.".utf8).allSatisfy { $0 == $1 }
    }

    private static func isHTTP1(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        FieldSyntax.namesHTTP(line) && line[5] == UInt8(ascii: "1") && line[6] == UInt8(ascii: ".")
            && (line[7] == UInt8(ascii: "1") || line[7] == UInt8(ascii: "0"))
    }

    /// Whether a line is of one of the fields that `read` looks at, by the first letter and the length of its name.
    static func mayRead(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        func endsName(_ index: Int) -> Bool { index < line.count && line[index] == UInt8(ascii: ":") }
        return switch line[0] | 0x20 {
        case UInt8(ascii: "c"): endsName(14) || endsName(10) || endsName(16)
        case UInt8(ascii: "t"): endsName(17)
        default: false
        }
    }

    /// Reads a field line, and keeps what it says of the message.
    mutating func read(_ line: UnsafeBufferPointer<UInt8>) throws(MessageError) {
        let (name, value) = try FieldSyntax.split(line)
        // Most fields differ from those below in their length alone.
        switch name.count {
        case 10 where FieldSyntax.isName(name, "connection"):
            FieldSyntax.eachToken(value) { token in
                if FieldSyntax.isName(token, "close") { saysClose = true }
                if FieldSyntax.isName(token, "keep-alive") { saysKeepAlive = true }
            }
        case 14 where FieldSyntax.isName(name, "content-length"):
            // One of two lengths, or a length beside a coding, would be some other reader's choice.
            guard contentLength == nil, !isChunked, let length = FieldSyntax.length(value) else { throw .badLength }
            contentLength = length
        case 16 where FieldSyntax.isName(name, "content-encoding"):
            isEncoded = isEncoded || !(value.isEmpty || FieldSyntax.isName(value, "identity"))
        case 17 where FieldSyntax.isName(name, "transfer-encoding"):
            // No other coding was asked for, and HTTP/1.0 has none (RFC 9112 section 6.1).
            guard !isChunked, !isHTTP10, contentLength == nil, FieldSyntax.isName(value, "chunked") else {
                throw .badCoding
            }
            isChunked = true
        default: break
        }
    }
}
