import Base

/// What a client says that it takes: the field Accept (RFC 9110 section 12.5.1).
package struct AcceptField {
    private let ranges: [MediaRange]

    /// Reads the values of all fields of that name; of what is not well formed nothing is taken.
    package init(_ values: [String]) {
        ranges = values.flatMap { Self.split($0.utf8[...], at: UInt8(ascii: ",")).compactMap(Self.range) }
    }

    /// How much a media type is wanted, from 0 (not at all) to 1,000, by the range that names it most closely.
    ///
    /// Parameters of a range are not looked at: what is asked about here has none.
    package func quality(of type: String, _ subtype: String) -> Int {
        var best = (closeness: -1, quality: 0)
        for range in ranges {
            guard let closeness = range.closeness(to: type, subtype) else { continue }
            if (closeness, range.quality) > best { best = (closeness, range.quality) }
        }
        return best.quality
    }

    /// Cuts where the byte stands outside of quoted strings (RFC 9110 section 5.6.4).
    private static func split(_ text: Substring.UTF8View, at separator: UInt8) -> [Substring.UTF8View] {
        var parts: [Substring.UTF8View] = []
        var start = text.startIndex
        var isQuoted = false
        var isEscaped = false
        for index in text.indices {
            let byte = text[index]
            if isEscaped {
                isEscaped = false
            } else if isQuoted, byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if byte == separator, !isQuoted {
                parts.append(text[start..<index])
                start = text.index(after: index)
            }
        }
        parts.append(text[start...])
        return parts.map(trimmed)
    }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        var text = text
        while let first = text.first, FieldSyntax.isBlank(first) { text.removeFirst() }
        while let last = text.last, FieldSyntax.isBlank(last) { text.removeLast() }
        return text
    }

    /// `type/subtype` with parameters behind it, of which one may be the weight.
    private static func range(_ text: Substring.UTF8View) -> MediaRange? {
        let parts = split(text, at: UInt8(ascii: ";"))
        let names = split(parts[0], at: UInt8(ascii: "/"))
        guard names.count == 2, names.allSatisfy({ !$0.isEmpty && $0.allSatisfy(FieldSyntax.isToken) }) else {
            return nil
        }
        var quality = 1_000
        for parameter in parts.dropFirst() where parameter.starts(with: "q=".utf8) || parameter.starts(with: "Q=".utf8)
        {
            guard let weight = weight(parameter.dropFirst(2)) else { return nil }
            quality = weight
        }
        return MediaRange(type: lowercased(names[0]), subtype: lowercased(names[1]), quality: quality)
    }

    private static func lowercased(_ text: Substring.UTF8View) -> String {
        Substring(text).lowercased()
    }

    /// `0` to `1` with at most three decimals, in thousandths (RFC 9110 section 12.4.2).
    private static func weight(_ text: Substring.UTF8View) -> Int? {
        guard let first = text.first, let whole = first.digit, whole <= 1, text.count <= 5 else {
            return nil
        }
        var thousandths = whole * 1_000
        var unit = 100
        for (place, byte) in text.dropFirst().enumerated() {
            if place == 0 {
                guard byte == UInt8(ascii: ".") else { return nil }
                continue
            }
            guard let digit = byte.digit else { return nil }
            thousandths += digit * unit
            unit /= 10
        }
        return thousandths <= 1_000 ? thousandths : nil
    }
}

/// A range of media types, and how much it is wanted.
private struct MediaRange {
    /// In lower case, as is the subtype; `*` for any.
    var type: String
    var subtype: String
    /// In thousandths.
    var quality: Int

    /// The more, the more is said; nil when the range does not have the type in it.
    func closeness(to type: String, _ subtype: String) -> Int? {
        if self.type == type, self.subtype == subtype { return 2 }
        if self.type == type, self.subtype == "*" { return 1 }
        return self.type == "*" && self.subtype == "*" ? 0 : nil
    }
}
