/// The path and query of a call, with `{name}` for a parameter of the route's path, `{*}` for its rest,
/// `{query.NAME}` for a query parameter of the request and `{request.id}`.
///
/// Values are percent-encoded when they are put in, all but the unreserved characters of RFC 3986 section 2.3
/// (and the slashes of `{*}`), so that no value can add a segment, a parameter or a host.
package struct TargetTemplate: Sendable, Hashable {
    /// Where a value comes from.
    package enum Reference: Sendable, Hashable {
        /// The capture with this index in the route's path.
        case parameter(Int)
        /// The captured rest of the path; its slashes stay.
        case rest(Int)
        case query(String)
        case requestID
    }

    package enum Piece: Sendable, Hashable {
        case literal([UInt8])
        case value(Reference, inPath: Bool)
    }

    /// As it was written.
    package let text: String
    package let pieces: [Piece]

    /// Whether it looks at the request's query, which is parsed only then.
    package var usesQuery: Bool {
        pieces.contains {
            if case .value(.query, _) = $0 { true } else { false }
        }
    }

    /// Reads a template; `parameters` are the names that the route's path captures.
    package init(_ text: String, parameters: [String]) throws(TemplateError) {
        guard text.utf8.first == UInt8(ascii: "/") else {
            throw TemplateError(message: "the path of a call starts with '/'", offset: 0)
        }
        var pieces: [Piece] = []
        var literal: [UInt8] = []
        var inPath = true
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "{"):
                guard let close = bytes[index...].firstIndex(of: UInt8(ascii: "}")) else {
                    throw TemplateError(message: "'{' without '}'", offset: index)
                }
                let name = String(decoding: bytes[(index + 1)..<close], as: UTF8.self)
                let reference = try Self.reference(name, parameters: parameters, offset: index)
                if !literal.isEmpty { pieces.append(.literal(literal)) }
                literal = []
                pieces.append(.value(reference, inPath: inPath))
                index = close
            case UInt8(ascii: "}"):
                throw TemplateError(message: "'}' without '{'", offset: index)
            case UInt8(ascii: "#"), 0...0x20, 0x7F...:
                throw TemplateError(
                    message: "a path and query is written percent-encoded, without spaces and '#'", offset: index)
            default:
                if byte == UInt8(ascii: "?") { inPath = false }
                literal.append(byte)
            }
            index += 1
        }
        if !literal.isEmpty { pieces.append(.literal(literal)) }
        self.text = text
        self.pieces = pieces
    }

    private static func reference(
        _ name: String, parameters: [String], offset: Int
    ) throws(TemplateError) -> Reference {
        if let index = parameters.firstIndex(of: name) {
            return name == "*" ? .rest(index) : .parameter(index)
        }
        if name == "request.id" { return .requestID }
        if name.hasPrefix("query."), name.utf8.count > 6 { return .query(String(name.dropFirst(6))) }
        let known = parameters.map { "{\($0)}" } + ["{query.NAME}", "{request.id}"]
        throw TemplateError(
            message: "'{\(name)}' is not known here; known are \(known.joined(separator: ", "))", offset: offset)
    }
}
