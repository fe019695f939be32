package import Base
import JSON

/// The value of a header field, or a string in a body, with `{…}` for values; `{{` and `}}` are braces.
package struct TextTemplate: Sendable, Hashable {
    package enum Piece: Sendable, Hashable {
        case literal(String)
        case value(Reference)
    }

    package let pieces: [Piece]

    /// Text as it is.
    package init(literal: String) {
        pieces = [.literal(literal)]
    }

    package init(_ text: String, _ names: Reference.Names) throws(TextError) {
        var pieces: [Piece] = []
        var literal: [UInt8] = []
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            let isBrace = byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}")
            if isBrace, index + 1 < bytes.count, bytes[index + 1] == byte {
                literal.append(byte)
                index += 1
            } else if byte == UInt8(ascii: "{") {
                guard let close = bytes[index...].firstIndex(of: UInt8(ascii: "}")) else {
                    throw TextError(message: "'{' without '}'; a brace is written '{{'", offset: index)
                }
                let name = String(decoding: bytes[(index + 1)..<close], as: UTF8.self)
                let reference = try Reference(name, names, offset: index)
                if !literal.isEmpty { pieces.append(.literal(String(decoding: literal, as: UTF8.self))) }
                literal = []
                pieces.append(.value(reference))
                index = close
            } else if isBrace {
                throw TextError(message: "'}' without '{'; a brace is written '}}'", offset: index)
            } else {
                literal.append(byte)
            }
            index += 1
        }
        if !literal.isEmpty { pieces.append(.literal(String(decoding: literal, as: UTF8.self))) }
        self.pieces = pieces
    }

    package var references: [Reference] {
        pieces.compactMap { piece -> Reference? in
            if case .value(let reference) = piece { reference } else { nil }
        }
    }

    /// The text with its values; nil where an answer does not have one.
    func fill(_ values: TemplateValues) -> String? {
        var text = ""
        for piece in pieces {
            switch piece {
            case .literal(let literal): text += literal
            case .value(let reference):
                guard let value = values.text(reference) else { return nil }
                text += value
            }
        }
        return text
    }
}

/// A JSON body of a call's own, with templates in its strings.
///
/// A string that is one value and nothing else becomes that value as JSON; elsewhere values enter as text.
package struct JSONTemplate: Sendable, Hashable {
    package enum Piece: Sendable, Hashable {
        /// JSON text.
        case literal([UInt8])
        case string(TextTemplate)
    }

    package let pieces: [Piece]

    package init(pieces: [Piece]) {
        self.pieces = pieces
    }

    package var references: [Reference] {
        pieces.flatMap { piece -> [Reference] in
            if case .string(let template) = piece { template.references } else { [] }
        }
    }

    /// The text with its values; nil where an answer does not have one.
    func fill(_ values: TemplateValues) -> [UInt8]? {
        var bytes: [UInt8] = []
        for piece in pieces {
            switch piece {
            case .literal(let literal): bytes.append(copying: literal)
            case .string(let template):
                if template.pieces.count == 1, case .value(let reference) = template.pieces[0] {
                    guard let json = values.json(reference) else { return nil }
                    bytes.append(contentsOf: json)
                } else {
                    guard let text = template.fill(values) else { return nil }
                    JSONText.append(string: text, to: &bytes)
                }
            }
        }
        return bytes
    }
}
