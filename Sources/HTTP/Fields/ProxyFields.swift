import Base

/// What of a message's header goes on to the other side of a proxy.
///
/// Names and values were checked when they were read, so they go on as bytes.
package enum ProxyFields {
    /// Of this connection alone (RFC 9110 section 7.6.1), or made anew for the next one.
    package static let ofConnection: Set<String> = [
        "connection", "content-length", "expect", "host", "keep-alive", "proxy", "proxy-authenticate",
        "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    ]

    /// A request's fields for the upstream, with the gateway entered in those that name the way.
    ///
    /// What a trusted proxy says of the way is added to; what anybody else says of it is replaced.
    package static func message(
        for request: Request, _ host: HostPolicy, streamed: BodyStreaming? = nil
    ) -> OutgoingMessage {
        var message = OutgoingMessage(method: request.method)
        message.streamed = streamed
        if streamed == nil, !request.body.isEmpty { message.body = request.body }
        message.fields.reserveCapacity(request.fields.byteCount + 256)
        let named = ConnectionOptions(of: request.fields)
        var way = ForwardedWay(isTrusted: request.isFromProxy)
        var takesTrailers = false
        request.fields.each { name, value in
            switch FieldKind(name) {
            case .ofConnection: break
            case .host: way.host = Array(value)
            case .te: FieldSyntax.eachToken(value) { if FieldSyntax.isName($0, "trailers") { takesTrailers = true } }
            case .trailer where streamed != .chunked: break
            case .forwarded, .via, .forwardedFor, .forwardedHost, .forwardedProto:
                if !named.contain(name) { way.add(FieldKind(name), value) }
            case .requestID, .trace: break
            // Applications take these for a proxy's word as well.
            case .otherForwarded where !request.isFromProxy: break
            case .otherForwarded, .trailer, .date, .other:
                if !named.contain(name) { message.fields.append(line: name, value) }
            }
            return true
        }
        way.write(client: request.clientAddress, to: &message.fields)
        switch host {
        case .upstream: break
        case .preserve: message.host = way.host
        case .name(let name): message.host = Array(name.utf8)
        }
        if streamed == .untilClose {
            message.fields.append("Connection: Upgrade\r\nUpgrade: websocket\r\n")
        } else if takesTrailers {
            // Each hop says for itself that it takes trailers (RFC 9110 section 10.1.4).
            message.fields.append("TE: trailers\r\nConnection: TE\r\n")
        }
        return message
    }

    /// An answer's fields for the client.
    ///
    /// - Parameters:
    ///   - requestID: Nil in an interim answer.
    ///   - mayHaveTrailers: The field that announces them goes along.
    package static func block(
        of fields: HeaderFields, requestID: String?, mayHaveTrailers: Bool = false
    ) -> HeaderBlock {
        var block = HeaderBlock()
        let named = ConnectionOptions(of: fields)
        fields.each { name, value in
            switch FieldKind(name) {
            // The connection to the client says when it sends.
            case .ofConnection, .host, .te, .date, .requestID: break
            case .trailer where !mayHaveTrailers: break
            case .trailer, .trace, .forwarded, .via, .forwardedFor, .forwardedHost, .forwardedProto, .otherForwarded,
                .other:
                if !named.contain(name) { block.append(line: name, value) }
            }
            return true
        }
        if let requestID { block.append("X-Request-Id", requestID) }
        return block
    }

    /// The trailers that go on, as whole lines: none that says something of framing, of the way or of a connection
    /// (RFC 9110 section 6.5.1).
    package static func trailers(_ fields: HeaderFields) -> [UInt8] {
        var lines: [UInt8] = []
        fields.each { name, value in
            if case .other = FieldKind(name) { lines.append(line: name, value) }
            return true
        }
        return lines
    }
}

/// What a proxy does with a field, by its name.
private enum FieldKind {
    case ofConnection, host, te, trailer, via, forwarded, forwardedFor, forwardedHost, forwardedProto
    /// `X-Forwarded-Port` and its like, and nginx's `X-Real-IP`.
    case otherForwarded
    /// That calls carry by themselves.
    case requestID, trace
    case date, other

    init(_ name: UnsafeBufferPointer<UInt8>) {
        func isName(_ text: StaticString) -> Bool { FieldSyntax.isName(name, text) }
        // Most fields differ from those below in their length alone.
        self =
            switch name.count {
            case 2 where isName("te"): .te
            case 3 where isName("via"): .via
            case 4 where isName("host"): .host
            case 4 where isName("date"): .date
            case 5 where isName("proxy"): .ofConnection
            case 6 where isName("expect"): .ofConnection
            case 7 where isName("trailer"): .trailer
            case 7 where isName("upgrade"): .ofConnection
            case 9 where isName("forwarded"): .forwarded
            case 9 where isName("x-real-ip"): .otherForwarded
            case 10 where isName("connection") || isName("keep-alive"): .ofConnection
            case 10 where isName("tracestate"): .trace
            case 11 where isName("traceparent"): .trace
            case 12 where isName("x-request-id"): .requestID
            case 14 where isName("content-length"): .ofConnection
            case 15 where isName("x-forwarded-for"): .forwardedFor
            case 16 where isName("x-forwarded-host"): .forwardedHost
            case 16 where isName("proxy-connection"): .ofConnection
            case 17 where isName("x-forwarded-proto"): .forwardedProto
            case 17 where isName("transfer-encoding"): .ofConnection
            case 18 where isName("proxy-authenticate"): .ofConnection
            case 19 where isName("proxy-authorization"): .ofConnection
            default:
                name.count > 12 && FieldSyntax.isName(UnsafeBufferPointer(rebasing: name[..<12]), "x-forwarded-")
                    ? .otherForwarded : .other
            }
    }
}

/// The fields that Connection names, which go no further (RFC 9110 section 7.6.1).
private struct ConnectionOptions {
    /// In lower case.
    private var names: [[UInt8]] = []

    init(of fields: HeaderFields) {
        fields.each { name, value in
            guard name.count == 10, FieldSyntax.isName(name, "connection") else { return true }
            FieldSyntax.eachToken(value) { token in
                // These name the connection's own end, as nearly all do.
                if FieldSyntax.isName(token, "close") || FieldSyntax.isName(token, "keep-alive") { return }
                names.append(token.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 })
            }
            return true
        }
    }

    func contain(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard !names.isEmpty else { return false }
        return names.contains { $0.withUnsafeBufferPointer { FieldSyntax.isName(name, $0) } }
    }
}

/// The fields that say which way a request came: `X-Forwarded-*`, `Forwarded` (RFC 7239) and `Via` (RFC 9110 section 7.6.3).
private struct ForwardedWay {
    let isTrusted: Bool
    var host: [UInt8]?
    private var via: [UInt8] = []
    private var forwarded: [UInt8] = []
    private var clients: [UInt8] = []
    private var sentHost: [UInt8]?
    private var sentProto: [UInt8]?

    init(isTrusted: Bool) {
        self.isTrusted = isTrusted
    }

    mutating func add(_ kind: FieldKind, _ value: UnsafeBufferPointer<UInt8>) {
        switch kind {
        // Loops are found by it, so it is kept whoever sent it.
        case .via: Self.join(&via, value)
        case .forwarded where isTrusted: Self.join(&forwarded, value)
        case .forwardedFor where isTrusted: Self.join(&clients, value)
        case .forwardedHost where isTrusted: sentHost = sentHost ?? Array(value)
        case .forwardedProto where isTrusted: sentProto = sentProto ?? Array(value)
        default: break
        }
    }

    private static func join(_ list: inout [UInt8], _ value: some Sequence<UInt8>) {
        if !list.isEmpty { list.append(", ") }
        list.append(contentsOf: value)
    }

    /// Appends the lines, with the peer's address as the last hop; nil for one without an address.
    mutating func write(client: String?, to lines: inout [UInt8]) {
        if let client { Self.join(&clients, client.utf8) }
        lines.append("X-Forwarded-For", clients)
        lines.append("X-Forwarded-Proto", sentProto ?? Array("http".utf8))
        lines.append("X-Forwarded-Host", sentHost ?? host ?? [])
        Self.join(&forwarded, [])
        lines.append("Forwarded: ")
        lines.append(contentsOf: forwarded)
        lines.append("for=")
        Self.quote(client.map { $0.contains(":") ? "[\($0)]" : $0 } ?? "unknown", in: &lines)
        if let host {
            lines.append(";host=")
            Self.quote(String(decoding: host, as: UTF8.self), in: &lines)
        }
        lines.append(";proto=http\r\n")
        Self.join(&via, "1.1 gatewayd".utf8)
        lines.append("Via", via)
    }

    /// A token as it is, all else in quotes (RFC 7239 section 4); neither a host nor an address has one to escape.
    private static func quote(_ text: String, in lines: inout [UInt8]) {
        let isToken = text.utf8.allSatisfy(FieldSyntax.isToken)
        if !isToken { lines.append(UInt8(ascii: "\"")) }
        lines.append(contentsOf: text.utf8)
        if !isToken { lines.append(UInt8(ascii: "\"")) }
    }
}

extension [UInt8] {
    /// Appends a field line, unless the value is empty.
    fileprivate mutating func append(_ name: StaticString, _ value: [UInt8]) {
        guard !value.isEmpty else { return }
        append(name)
        append(": ")
        append(contentsOf: value)
        append("\r\n")
    }
}
