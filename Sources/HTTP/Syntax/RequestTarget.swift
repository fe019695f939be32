import Base

/// The path and query of a request's target (RFC 9112 section 3.2), normalised once.
///
/// As nginx does it: percent-encoding is decoded, then runs of slashes are merged and dot-segments resolved
/// (RFC 3986 section 5.2.4). What cannot be read so, or climbs above the root, is no target: the answer is 400.
package struct RequestTarget: Sendable, Equatable {
    /// The decoded pieces between the slashes; the last is empty when the path ends in a slash.
    package let segments: [String]
    /// What follows the first `?`, as it was sent; nil without one.
    package let query: Substring?

    /// Reads origin-form, and absolute-form for its path; nil when it is neither or not well formed.
    package init?(_ text: String) {
        var rest = text[...]
        if rest.utf8.first != UInt8(ascii: "/") {
            guard let scheme = rest.range(ofASCII: "://"), rest[..<scheme.lowerBound].isHTTP else { return nil }
            rest = rest[scheme.upperBound...]
            let path = rest.utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
            // An http URI without a host is to be refused (RFC 9110 section 4.2.1).
            guard HostField.isWellFormed(authority: rest[..<path]) else { return nil }
            rest = rest[path...]
        }
        guard rest.utf8.allSatisfy(Self.isVisible) else { return nil }
        let question = rest.utf8.firstIndex(of: UInt8(ascii: "?"))
        let path = rest[..<(question ?? rest.endIndex)]
        self.query = question.map { rest[rest.utf8.index(after: $0)...] }
        guard let segments = Self.segments(of: path) else { return nil }
        self.segments = segments
    }

    /// Neither a space nor a control byte, nor the `#` that no target has.
    private static func isVisible(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte != 0x7F && byte != UInt8(ascii: "#")
    }

    private static func segments(of path: Substring) -> [String]? {
        guard let decoded = PercentEncoding.decode(path) else { return nil }
        var segments: [String] = []
        let pieces = decoded.utf8.dropFirst().split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for (index, piece) in pieces.enumerated() {
            let isLast = index == pieces.count - 1
            let piece = String(Substring(piece))
            switch piece {
            case "", ".":
                if isLast { segments.append("") }
            case "..":
                if segments.isEmpty { return nil }
                segments.removeLast()
                if isLast { segments.append("") }
            default: segments.append(piece)
            }
        }
        return segments.isEmpty ? [""] : segments
    }

    /// The decoded value of the first query parameter with that name, nil where there is none or it is malformed.
    package func queryValue(_ name: String) -> String? {
        guard let query else { return nil }
        for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            guard PercentEncoding.decode(Substring(pair[..<equals]), plusIsSpace: true) == name else { continue }
            let value = equals == pair.endIndex ? pair[equals...] : pair[pair.index(after: equals)...]
            return PercentEncoding.decode(Substring(value), plusIsSpace: true)
        }
        return nil
    }
}

extension Substring {
    fileprivate var isHTTP: Bool {
        let scheme = lowercased()
        return scheme == "http" || scheme == "https"
    }

    fileprivate func range(ofASCII needle: String) -> Range<Index>? {
        var start = utf8.startIndex
        while start < utf8.endIndex {
            if utf8[start...].starts(with: needle.utf8) {
                return start..<utf8.index(start, offsetBy: needle.utf8.count)
            }
            start = utf8.index(after: start)
        }
        return nil
    }
}
