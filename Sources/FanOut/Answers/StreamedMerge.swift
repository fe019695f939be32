import Base
package import HTTP
import JSON

/// A fan-out's answer whose parts leave as they arrive (`merge: stream`): one text for each call, and one at the end.
package struct StreamedMerge: Sendable {
    /// How the parts are told apart.
    package enum Format: Sendable, CaseIterable {
        /// A line of JSON each (https://github.com/ndjson/ndjson-spec).
        case lines
        /// Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html), as browsers read them.
        case events

        /// The one that a client prefers by its fields Accept; lines unless it wants events more.
        package init(accept: [String]) {
            let accept = AcceptField(accept)
            let wantsEvents = accept.quality(of: "text", "event-stream") > accept.quality(of: "application", "x-ndjson")
            self = wantsEvents ? .events : .lines
        }

        /// The media type.
        package var contentType: String {
            switch self {
            case .lines: "application/x-ndjson"
            case .events: "text/event-stream"
            }
        }
    }

    private let route: FanOutRoute
    private let format: Format

    package init(_ route: FanOutRoute, as format: Format) {
        self.route = route
        self.format = format
    }

    /// The head of the answer, which leaves before it is known how any call ends.
    package func head(requestID: String) -> Response {
        var head = Response(status: 200)
        head.fields.append("Content-Type", format.contentType)
        head.fields.append("X-Request-Id", requestID)
        head.fields.append("Cache-Control", "no-store")
        // Else nginx keeps parts until a buffer is full (ngx_http_proxy_module, proxy_buffering).
        head.fields.append("X-Accel-Buffering", "no")
        return head
    }

    /// How a call ended: `{"name": "user", "status": 200, "ms": 12.3, "body": BODY}`.
    ///
    /// For one that failed `"error"` says why, and only a fallback is its body.
    package func part(_ index: Int, _ settled: Settled) -> [UInt8] {
        let call = route.calls[index]
        let json: [UInt8]? =
            switch settled.outcome {
            case .success(_, let part): part.json
            case .failure: call.fallback
            }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(128 + 2 * call.name.utf8.count + (json?.count ?? 0))
        begin("part", id: call.name, &bytes)
        bytes.append("{\"name\":")
        JSONText.append(string: call.name, to: &bytes)
        bytes.append(UInt8(ascii: ","))
        settled.write(to: &bytes)
        if let json {
            bytes.append(",\"body\":")
            append(json, to: &bytes)
        }
        end(&bytes)
        return bytes
    }

    /// The end of the answer: `{"complete": false, "elapsed_ms": 512.0, "failed": ["orders"]}`.
    ///
    /// - Parameter elapsed: From the start of the fan-out.
    package func end(_ state: FanOutState, elapsed: Duration) -> [UInt8] {
        let failed = state.outcomes.indices.filter { state.outcomes[$0].failure != nil }
        var bytes: [UInt8] = []
        begin("end", id: nil, &bytes)
        bytes.append(failed.isEmpty ? "{\"complete\":true,\"elapsed_ms\":" : "{\"complete\":false,\"elapsed_ms\":")
        JSONText.append(milliseconds: elapsed, to: &bytes)
        bytes.append(",\"failed\":[")
        for (place, index) in failed.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            JSONText.append(string: route.calls[index].name, to: &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
        end(&bytes)
        return bytes
    }

    // MARK: Formats

    /// - Parameter id: A call's name, which is a token and so one line.
    private func begin(_ event: StaticString, id: String?, _ bytes: inout [UInt8]) {
        guard format == .events else { return }
        bytes.append("event: ")
        bytes.append(event)
        if let id {
            bytes.append("\nid: ")
            bytes.append(contentsOf: id.utf8)
        }
        bytes.append("\ndata: ")
    }

    private func end(_ bytes: inout [UInt8]) {
        switch format {
        case .lines: bytes.append("}\n")
        case .events: bytes.append("}\n\n")
        }
    }

    /// JSON has line breaks between its tokens alone (RFC 8259 sections 2 and 7), so they may become other white space.
    private func append(_ json: [UInt8], to bytes: inout [UInt8]) {
        switch format {
        case .lines:
            let start = bytes.count
            bytes.append(contentsOf: json)
            bytes.withUnsafeMutableBufferPointer { bytes in
                // Without a branch, so that it is done many bytes at a time.
                for index in start..<bytes.count { bytes[index] = Self.isBreak(bytes[index]) ? 0x20 : bytes[index] }
            }
        case .events: Self.appendLines(json, to: &bytes)
        }
    }

    private static func isBreak(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

    /// Each line goes on in a field of its own; the client puts them together with line feeds.
    private static func appendLines(_ json: [UInt8], to bytes: inout [UInt8]) {
        json.withUnsafeBufferPointer { json in
            var start = 0
            for index in json.indices where isBreak(json[index]) {
                // CR LF is one break.
                if json[index] == 0x0A, index > 0, json[index - 1] == 0x0D {
                    start = index + 1
                    continue
                }
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: json[start..<index]))
                bytes.append("\ndata: ")
                start = index + 1
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: json[start...]))
        }
    }
}
