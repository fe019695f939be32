package import Base

/// The path of a route: literal segments, `{name}` for one segment, a trailing `*` for the rest.
package struct PathTemplate: Sendable, Hashable {
    /// One piece between two slashes.
    package enum Segment: Sendable, Hashable {
        case literal(String)
        case parameter(String)
        /// Any number of further segments, also none; only at the end.
        case rest
    }

    /// As it was written.
    package let text: String
    package let segments: [Segment]

    /// The names that a call's template may use, in the order of their captures; the rest is called `*`.
    package var parameters: [String] {
        segments.compactMap {
            switch $0 {
            case .literal: nil
            case .parameter(let name): name
            case .rest: "*"
            }
        }
    }

    package init(_ text: String) throws(TextError) {
        guard text.utf8.first == UInt8(ascii: "/") else {
            throw TextError(message: "a path starts with '/'", offset: 0)
        }
        var segments: [Segment] = []
        var names: Set<String> = []
        var offset = 1
        // By bytes, as requests are split: a slash with a combining mark behind it is one character, but a slash still.
        let pieces = text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for (index, piece) in pieces.enumerated() {
            let segment = try Self.segment(Substring(piece), isLast: index == pieces.count - 1, offset: offset)
            if case .parameter(let name) = segment, !names.insert(name).inserted {
                throw TextError(message: "the parameter '\(name)' is there twice", offset: offset)
            }
            segments.append(segment)
            offset += piece.count + 1
        }
        self.text = text
        self.segments = segments
    }

    private static func segment(_ piece: Substring, isLast: Bool, offset: Int) throws(TextError) -> Segment {
        if piece == "*" {
            guard isLast else {
                throw TextError(message: "'*' stands for the rest of the path, so only at its end", offset: offset)
            }
            return .rest
        }
        if piece.hasPrefix("{"), piece.hasSuffix("}") {
            let name = piece.dropFirst().dropLast()
            guard isParameterName(name) else {
                throw TextError(
                    message: "'\(name)' is no parameter name: letters, digits and '_', a letter first", offset: offset)
            }
            return .parameter(String(name))
        }
        if piece.utf8.contains(where: { "{}*".utf8.contains($0) }) {
            throw TextError(
                message: "'\(piece)': a '{name}' or '*' is a whole segment, with nothing beside it", offset: offset)
        }
        if piece.isEmpty, !isLast {
            throw TextError(message: "an empty segment ('//') matches no request", offset: offset)
        }
        if piece == "." || piece == ".." || piece.utf8.contains(where: { $0 <= 0x20 || "?#%\\".utf8.contains($0) }) {
            throw TextError(
                message: "'\(piece)': a literal segment is written decoded, "
                    + "without spaces, '?', '#', '%' or dots alone",
                offset: offset)
        }
        return .literal(String(piece))
    }

    /// Letters, digits and `_`, not starting with a digit.
    package static func isParameterName(_ name: some StringProtocol) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
            default: false
            }
        }
    }
}
