package import Base

/// A place in a JSON text: a JSON Pointer (RFC 6901) such as `/cart/0/id`, or the same with dots, `cart.0.id`.
package struct JSONPath: Sendable, Hashable {
    /// As it was written.
    package let text: String
    /// The names, or numbers of elements, from the outside in; none is the whole text.
    package let tokens: [[UInt8]]

    /// Reads a path; an empty text is the whole document.
    package init(_ text: String) throws(TextError) {
        var tokens: [[UInt8]] = []
        if text.utf8.first == UInt8(ascii: "/") {
            var offset = 1
            for piece in text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
                tokens.append(try Self.unescaped(piece, offset: offset))
                offset += piece.count + 1
            }
        } else if !text.isEmpty {
            tokens = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map(Array.init)
            guard !tokens.contains([]) else {
                throw TextError(message: "'\(text)' has an empty name between its dots", offset: 0)
            }
        }
        self.text = text
        self.tokens = tokens
    }

    /// `~1` is a slash, `~0` a tilde (RFC 6901 section 3).
    private static func unescaped(_ piece: Substring.UTF8View, offset: Int) throws(TextError) -> [UInt8] {
        var token: [UInt8] = []
        var iterator = piece.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "~") else {
                token.append(byte)
                continue
            }
            switch iterator.next() {
            case UInt8(ascii: "0"): token.append(UInt8(ascii: "~"))
            case UInt8(ascii: "1"): token.append(UInt8(ascii: "/"))
            default: throw TextError(message: "'~' in a JSON Pointer is followed by 0 or 1", offset: offset)
            }
        }
        return token
    }

    /// The value at this place of a checked text, as its slice; nil when there is none.
    package func find(in json: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        var value = json
        for token in tokens {
            switch value.withUnsafeBufferPointer({ try? JSONScanner.document($0) }) {
            case .object(let members):
                // The last one counts where a key is there twice, as most readers have it (RFC 8259 section 4).
                guard let member = members.last(where: { value.key($0).elementsEqual(token) }) else { return nil }
                value = value.part(member.value)
            case .array(let elements):
                guard let index = Self.index(token), elements.indices.contains(index) else { return nil }
                value = value.part(elements[index])
            case .scalar, nil: return nil
            }
        }
        return value
    }

    /// A number without leading zeros (RFC 6901 section 4).
    static func index(_ token: [UInt8]) -> Int? {
        guard !token.isEmpty, token.count < 10, token.count == 1 || token[0] != UInt8(ascii: "0"),
            token.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return token.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}

extension ArraySlice<UInt8> {
    /// The part at a range that counts from the start of the slice.
    package func part(_ range: Range<Int>) -> ArraySlice<UInt8> {
        self[(startIndex + range.lowerBound)..<(startIndex + range.upperBound)]
    }

    /// The key of a member of this object, decoded.
    package func key(_ member: JSONScanner.Member) -> ArraySlice<UInt8> {
        let raw = part(member.key).dropFirst().dropLast()
        return raw.contains(UInt8(ascii: "\\")) ? JSONText.unescaped(raw)[...] : raw
    }
}
