/// W3C Trace Context (https://www.w3.org/TR/trace-context/), passed on to every call as it came.
package struct TraceContext: Sendable, Equatable {
    package var traceparent: String
    package var tracestate: String?

    /// Nil when `traceparent` is not well formed; then neither header may be passed on (section 3.2.2 and 3.3).
    package init?(traceparent: String, tracestate: String?) {
        guard Self.isWellFormed(traceparent) else { return nil }
        self.traceparent = traceparent
        self.tracestate = tracestate.flatMap { state in
            // Section 3.3.1.5: at least 512 characters must be passed on; what is longer or not printable is dropped.
            !state.isEmpty && state.utf8.count <= 512 && state.utf8.allSatisfy { (0x20...0x7E).contains($0) }
                ? state : nil
        }
    }

    /// `version-traceid-parentid-flags` in lower-case hexadecimal; an all-zero id is invalid, and so is version ff.
    private static func isWellFormed(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].count == 2, parts[1].count == 32, parts[2].count == 16, parts[3].count == 2
        else { return false }
        let isHex = parts[0..<4].allSatisfy { part in
            part.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        }
        let isVersionZero = parts[0].elementsEqual("00".utf8)
        return isHex && !parts[0].elementsEqual("ff".utf8) && (parts.count == 4 || !isVersionZero)
            && text.utf8.count <= 256 && !text.utf8.contains { $0 <= 0x20 || $0 >= 0x7F }
            && [parts[1], parts[2]].allSatisfy { id in id.contains { $0 != UInt8(ascii: "0") } }
    }
}
