package import Base

/// The path and query of a call, with `{name}` for a parameter of the route's path, `{*}` for its rest,
/// `{query.NAME}` for a query parameter of the request, `{request.id}`, and for what another call got `{CALL.body.NAME}`,
/// `{CALL.status}` and `{CALL.header.NAME}`.
///
/// Values are percent-encoded when they are put in, all but the unreserved characters of RFC 3986 section 2.3
/// (and the slashes of `{*}`), so that no value can add a segment, a parameter or a host.
package struct TargetTemplate: Sendable, Hashable {
    package enum Piece: Sendable, Hashable {
        case literal([UInt8])
        case value(Reference, inPath: Bool)
    }

    /// As it was written.
    package let text: String
    package let pieces: [Piece]
    /// All of it, where it has no values.
    let literal: [UInt8]?

    package var references: [Reference] {
        pieces.compactMap { piece -> Reference? in
            if case .value(let reference, _) = piece { reference } else { nil }
        }
    }

    package init(_ text: String, _ names: Reference.Names) throws(TextError) {
        guard text.utf8.first == UInt8(ascii: "/") else {
            throw TextError(message: "the path of a call starts with '/'", offset: 0)
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
                    throw TextError(message: "'{' without '}'", offset: index)
                }
                let name = String(decoding: bytes[(index + 1)..<close], as: UTF8.self)
                let reference = try Reference(name, names, offset: index)
                if !literal.isEmpty { pieces.append(.literal(literal)) }
                literal = []
                pieces.append(.value(reference, inPath: inPath))
                index = close
            case UInt8(ascii: "}"):
                throw TextError(message: "'}' without '{'", offset: index)
            case UInt8(ascii: "#"), 0...0x20, 0x7F...:
                throw TextError(
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
        self.literal = if pieces.count == 1, case .literal(let whole) = pieces[0] { whole } else { nil }
    }
}
