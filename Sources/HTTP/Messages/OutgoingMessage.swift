/// How a request's body is framed whose bytes go out as they come.
package enum BodyStreaming: Sendable, Equatable {
    /// So many bytes.
    case length(Int)
    /// In chunks (RFC 9112 section 7.1).
    case chunked
    /// Bytes of another protocol, once the server has agreed to it, until one side closes.
    case untilClose
}

/// A request to an upstream as far as it differs from a GET with the fields that all calls carry.
package struct OutgoingMessage: Sendable, Equatable {
    package var method: String
    /// Whole lines, each with its end.
    package var fields: [UInt8]
    package var body: [UInt8]?
    /// How a body is framed that goes out as it comes; nil where `body` has all of it.
    package var streamed: BodyStreaming?
    /// What Host says in place of the server's own (RFC 9110 section 7.2).
    package var host: [UInt8]?

    package init(method: String, fields: [UInt8] = [], body: [UInt8]? = nil) {
        self.method = method
        self.fields = fields
        self.body = body
    }

    /// Whether it may be sent twice (RFC 9110 section 9.2.2).
    package var isIdempotent: Bool {
        switch method {
        case "GET", "HEAD", "PUT", "DELETE", "OPTIONS": true
        default: false
        }
    }

    /// What the header says of the body's length; nil where a request without a body does not tell, as that of a GET
    /// (RFC 9110 section 8.6).
    package var contentLength: Int? {
        if let body { return body.count }
        switch streamed {
        case .length(let length): return length
        case .chunked, .untilClose: return nil
        case nil: break
        }
        switch method {
        case "POST", "PUT", "PATCH": return 0
        default: return nil
        }
    }

    /// The same with a field more.
    package func with(_ name: String, _ value: String) -> OutgoingMessage {
        var message = self
        message.append(name, value)
        return message
    }

    /// Adds a field; a control byte in the value becomes a space, so that no value can end its line.
    package mutating func append(_ name: String, _ value: String) {
        fields.append(contentsOf: name.utf8)
        fields.append(contentsOf: ": ".utf8)
        for byte in value.utf8 { fields.append(byte < 0x20 || byte == 0x7F ? 0x20 : byte) }
        fields.append(contentsOf: "\r\n".utf8)
    }
}
