import JSON

/// A JSON value whose members keep their order: for texts that people read, such as the schema.
indirect enum JSONTree: Sendable {
    case string(String)
    case number(Int)
    case boolean(Bool)
    case array([JSONTree])
    case object([Member])

    struct Member: Sendable {
        var name: String
        var value: JSONTree
    }

    /// An object of these members, those without a value left out.
    static func members(_ members: KeyValuePairs<String, JSONTree?>) -> JSONTree {
        .object(members.compactMap { name, value in value.map { Member(name: name, value: $0) } })
    }

    static func strings(_ texts: [String]) -> JSONTree { .array(texts.map { .string($0) }) }

    /// The members of an object; none of anything else.
    var members: [Member] {
        if case .object(let members) = self { members } else { [] }
    }

    /// The JSON text, a line for each member and element.
    func text(indent: String = "") -> String {
        let deeper = indent + "  "
        func lines(_ open: String, _ items: [String], _ close: String) -> String {
            items.isEmpty
                ? open + close : "\(open)\n\(deeper)\(items.joined(separator: ",\n\(deeper)"))\n\(indent)\(close)"
        }
        switch self {
        case .string(let text): return JSONText.quoted(text)
        case .number(let number): return "\(number)"
        case .boolean(let value): return "\(value)"
        case .array(let values): return lines("[", values.map { $0.text(indent: deeper) }, "]")
        case .object(let members):
            return lines("{", members.map { JSONText.quoted($0.name) + ": " + $0.value.text(indent: deeper) }, "}")
        }
    }
}

/// What scalars are in JSON Schema (2020-12).
extension JSONTree {
    /// Text of this form.
    static func pattern(_ pattern: String) -> JSONTree {
        members(["type": .string("string"), "pattern": .string(pattern)])
    }

    static func integer(_ range: ClosedRange<Int>) -> JSONTree {
        members([
            "type": .string("integer"), "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound),
        ])
    }

    static func words(_ words: [String]) -> JSONTree { members(["enum": strings(words)]) }

    static func either(_ forms: [JSONTree]) -> JSONTree { members(["anyOf": .array(forms)]) }

    /// Any text; YAML takes some for numbers and booleans, which readers take as they are written.
    static var anyText: JSONTree { members(["type": strings(["string", "number", "boolean"])]) }

    /// Any value at all.
    static var anything: JSONTree { .object([]) }

    static var truth: JSONTree { members(["type": .string("boolean")]) }

    static var null: JSONTree { members(["type": .string("null")]) }

    /// Not zero, with a unit.
    static var duration: JSONTree { pattern(#"^(?=.*[1-9])[0-9]+(\.[0-9]+)?(ms|s|m|h)$"#) }

    static func size(upTo limit: Int) -> JSONTree {
        either([integer(1...limit), pattern(#"^(?=.*[1-9])[0-9]+(\.[0-9]+)?(B|KiB|MiB|GiB)?$"#)])
    }

    /// The value of an environment variable or of a file, which only the running program sees.
    static var substituted: JSONTree { members(["$ref": .string("#/$defs/substituted")]) }
}
