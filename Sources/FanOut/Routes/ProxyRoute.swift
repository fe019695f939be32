package import HTTP

/// A route that hands requests on to one upstream, with their bodies and all that concerns both ends.
package struct ProxyRoute: Sendable {
    /// Index into the configuration's upstreams.
    package var upstream: Int
    /// The path that the upstream is asked for, before the request's query; nil: that of the request.
    package var target: TargetTemplate?
    /// How many segments at the path's beginning the upstream does not hear of.
    package var strippedSegments = 0
    /// What the upstream is told as Host.
    package var host = HostPolicy.upstream
    /// How long request and answer may pause, once they have begun.
    package var idle: Duration
    /// From the request's last byte to the answer's first; nil: the route's time.
    package var responseTimeout: Duration?
    /// Bytes of a request's body; one that is longer is answered 413.
    package var maxBody = Int.max
    /// How long a WebSocket may be silent; nil: none is passed through.
    package var webSocketIdle: Duration?

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
            bytes = path(of: request.target, read)
        }
        if let query = read.query {
            bytes.append(bytes.contains(UInt8(ascii: "?")) ? UInt8(ascii: "&") : UInt8(ascii: "?"))
            bytes.append(contentsOf: query.utf8.filter { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "#") })
        }
        return bytes
    }

    private func path(of target: String, _ read: RequestTarget) -> [UInt8] {
        let sent = target.utf8.prefix { $0 != UInt8(ascii: "?") }
        if sent.first == UInt8(ascii: "/"), Self.isNormal(sent, read.segments) {
            return Array(Self.rest(of: sent, behind: strippedSegments))
        }
        var bytes: [UInt8] = []
        for segment in read.segments.dropFirst(strippedSegments) {
            bytes.append(UInt8(ascii: "/"))
            for byte in segment.utf8 {
                if Self.isPathCharacter(byte) {
                    bytes.append(byte)
                } else {
                    PercentEncoding.append(byte: byte, to: &bytes)
                }
            }
        }
        return bytes.isEmpty ? [UInt8(ascii: "/")] : bytes
    }

    /// Whether a path, without its first slash, is its segments as they stand: nothing encoded, resolved or merged.
    private static func isNormal(_ path: Substring.UTF8View, _ segments: [String]) -> Bool {
        var rest = path.dropFirst()
        for (index, segment) in segments.enumerated() {
            if index > 0 {
                guard rest.first == UInt8(ascii: "/") else { return false }
                rest = rest.dropFirst()
            }
            guard rest.starts(with: segment.utf8) else { return false }
            rest = rest.dropFirst(segment.utf8.count)
        }
        return rest.isEmpty && !path.contains(UInt8(ascii: "%"))
    }

    /// What of a path follows its first segments, with the slash before it.
    private static func rest(of path: Substring.UTF8View, behind count: Int) -> Substring.UTF8View {
        var rest = path
        for _ in 0..<count {
            rest = rest.dropFirst()[(rest.dropFirst().firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex)...]
        }
        return rest.isEmpty ? "/"[...].utf8 : rest
    }

    /// `pchar` of RFC 3986 section 3.3, without escapes.
    private static func isPathCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-._~!$&'()*+,;=:@".utf8.contains(byte)
        }
    }
}
