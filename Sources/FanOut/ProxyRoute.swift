/// A route that hands requests on to one upstream, with their bodies and all that concerns both ends.
package struct ProxyRoute: Sendable {
    /// Index into the configuration's upstreams.
    package var upstream: Int
    /// The path that the upstream is asked for, before the request's query; nil: that of the request.
    package var target: TargetTemplate?
    /// How long an answer that has begun may pause.
    package var idle: Duration

    package init(upstream: Int, target: TargetTemplate?, idle: Duration) {
        self.upstream = upstream
        self.target = target
        self.idle = idle
    }

    /// Path and query for the upstream; nil where a value cannot stand in the path.
    ///
    /// A path that is in its normal form goes on as it was sent; another in the form in which its route was found, so
    /// that no upstream resolves it to a place that the route does not have.
    package func target(of request: Request, _ read: RequestTarget, captures: [String], requestID: String) -> [UInt8]? {
        var bytes: [UInt8]
        if let target {
            let values = TemplateValues(captures: captures, target: read, requestID: requestID)
            guard let filled = try? target.fill(values) else { return nil }
            bytes = filled
        } else {
            bytes = Self.path(of: request.target, read)
        }
        if let query = read.query {
            bytes.append(bytes.contains(UInt8(ascii: "?")) ? UInt8(ascii: "&") : UInt8(ascii: "?"))
            bytes.append(contentsOf: query.utf8.filter { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "#") })
        }
        return bytes
    }

    private static func path(of target: String, _ read: RequestTarget) -> [UInt8] {
        let sent = target.utf8.prefix { $0 != UInt8(ascii: "?") }
        if sent.first == UInt8(ascii: "/"), !sent.contains(UInt8(ascii: "%")) {
            let pieces = sent.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            if pieces.elementsEqual(read.segments, by: { $0.elementsEqual($1.utf8) }) { return Array(sent) }
        }
        var bytes: [UInt8] = []
        for segment in read.segments {
            bytes.append(UInt8(ascii: "/"))
            for byte in segment.utf8 {
                if isPathCharacter(byte) {
                    bytes.append(byte)
                } else {
                    PercentEncoding.append(byte: byte, to: &bytes)
                }
            }
        }
        return bytes
    }

    /// `pchar` of RFC 3986 section 3.3, without escapes.
    private static func isPathCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-._~!$&'()*+,;=:@".utf8.contains(byte)
        }
    }
}

/// What of a message goes on to the other side of a proxy.
package enum ProxyFields {
    /// Of this connection alone (RFC 9110 section 7.6.1), or made anew for the next one.
    static let ofConnection: Set<String> = [
        "connection", "content-length", "expect", "host", "keep-alive", "proxy", "proxy-authenticate",
        "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    ]
    /// That calls carry by themselves, or that are added to.
    private static let ofGateway: Set<String> = [
        "traceparent", "tracestate", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-request-id",
    ]

    /// A request's fields for the upstream, with the gateway entered in those that name the way.
    ///
    /// `X-Forwarded-*` are added to, as nginx's `$proxy_add_x_forwarded_for` does: what stands before the last address is
    /// the client's word.
    package static func message(for request: Request) -> OutgoingMessage {
        var message = OutgoingMessage(method: request.method)
        let named = namedByConnection(request.fields)
        request.fields.forEach { name, value in
            let lower = name.lowercased()
            if ofConnection.contains(lower) || ofGateway.contains(lower) || named.contains(lower) { return }
            message.append(name, value)
        }
        func all(_ name: String) -> [String] { named.contains(name) ? [] : request.fields.all(name) }
        let way = all("x-forwarded-for") + [request.clientAddress].compactMap(\.self)
        if !way.isEmpty { message.append("X-Forwarded-For", way.joined(separator: ", ")) }
        message.append("X-Forwarded-Proto", all("x-forwarded-proto").first ?? "http")
        if let host = all("x-forwarded-host").first ?? request.first("host") {
            message.append("X-Forwarded-Host", host)
        }
        message.append("Via", (all("via") + ["1.1 gatewayd"]).joined(separator: ", "))
        if !request.body.isEmpty { message.body = request.body }
        return message
    }

    /// An answer's fields for the client.
    package static func block(of fields: HeaderFields, requestID: String) -> HeaderBlock {
        var block = HeaderBlock()
        let named = namedByConnection(fields)
        fields.forEach { name, value in
            let lower = name.lowercased()
            // The connection to the client says when it sends.
            if ofConnection.contains(lower) || named.contains(lower) || lower == "date" || lower == "x-request-id" {
                return
            }
            block.append(field: name, value)
        }
        block.append("X-Request-Id", requestID)
        return block
    }

    private static func namedByConnection(_ fields: HeaderFields) -> Set<String> {
        Set(
            fields.all("connection").flatMap { $0.split(separator: ",") }.map {
                $0.lowercased().filter { $0 != " " && $0 != "\t" }
            })
    }
}
