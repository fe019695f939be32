/// A key of the file as it is told: the reference, the schema and the effective configuration are made of these.
struct KeyRow: Sendable {
    let name: String
    let form: Form
    let standard: Standard
    /// Whether a file without it is refused.
    var isRequired = false
    /// The processes that obey it; nil: those that obey the mapping that it stands in.
    var obeys: Obeys?
    /// Whether the effective configuration has its default; elsewhere that would be a mistake, or say what is not so.
    var isFilled: @Sendable (Surroundings) -> Bool = { _ in true }
    /// What it is, as the reference says it; links and backquotes are those of Markdown.
    let help: String

    init(_ name: String, _ form: Form, _ standard: Standard, _ help: String) {
        self.name = name
        self.form = form
        self.standard = standard
        self.help = help
    }

    /// One that has to be there.
    static func required(_ name: String, _ form: Form, said: String = "", _ help: String) -> KeyRow {
        var row = KeyRow(name, form, .said(said), help)
        row.isRequired = true
        return row
    }

    /// The same, filled in only where that changes nothing else.
    func filled(where condition: @escaping @Sendable (Surroundings) -> Bool) -> KeyRow {
        var row = self
        row.isFilled = condition
        return row
    }

    /// The same, with who obeys it.
    func obeyed(by processes: Obeys) -> KeyRow {
        var row = self
        row.obeys = processes
        return row
    }
}

/// Who obeys a key.
enum Obeys: String, Sendable {
    case supervisor, worker, admin
    /// Like `supervisor`, but a reload does not change it.
    case supervisorUntilRestart
}

/// What holds where a key is absent.
enum Standard: Sendable {
    /// A value, and what the reference says of it.
    case value(YAMLValue, said: String)
    /// Words for the reference alone; nothing is to be filled in.
    case said(String)
    /// A mapping that is there in any case.
    case mapping
    /// A mapping that is only there where the file has it, and has its defaults where it is empty there.
    case emptyMapping(said: String)
    /// A value that depends on what else the file says.
    case made(said: String, by: @Sendable (Surroundings) -> YAMLValue?)

    /// A scalar, which stands in backquotes in the reference.
    static func text(_ text: String, isPlain: Bool = true) -> Standard {
        .value(.scalar(text, isPlain: isPlain), said: "`\(text)`")
    }

    /// A list of scalars.
    static func list(_ texts: [String]) -> Standard {
        // A colon at the beginning is no plain scalar in a flow sequence.
        let written = texts.map { $0.hasPrefix(":") ? "\"\($0)\"" : $0 }
        return .value(.list(texts), said: "`[\(written.joined(separator: ", "))]`")
    }

    /// The cell of the reference.
    var said: String {
        switch self {
        case .value(_, let said), .said(let said), .emptyMapping(let said), .made(let said, _): said
        case .mapping: ""
        }
    }
}

/// What stands around a key: the keys beside it, and those beside the mapping that it stands in.
struct Surroundings: Sendable {
    let beside: [String: YAMLValue]
    let above: [String: YAMLValue]

    /// Whether a key beside is this word.
    func has(_ key: String, _ word: String) -> Bool { beside[key]?.isWord(word) ?? false }
}

/// What a value is, as the reference and the schema say it.
struct Form: Sendable {
    /// In the reference.
    let type: String
    /// Of what is not a mapping of known keys.
    var schema: JSONTree?
    var inside = Inside.nothing

    /// Where the keys are that a value has inside.
    enum Inside: Sendable {
        case nothing
        case section([KeyRow])
        /// In each element of a list.
        case elements([KeyRow])
        /// In each value of a mapping of names.
        case values([KeyRow])
        /// Texts that may be secrets, in a mapping of names.
        case secrets(all: Bool)
    }

    init(_ type: String, _ schema: JSONTree? = nil, _ inside: Inside = .nothing) {
        self.type = type
        self.schema = schema
        self.inside = inside
    }

    static func scalar<Value>(_ kind: ScalarKind<Value>, _ type: String? = nil) -> Form {
        Form(type ?? kind.type, .either([kind.schema, .substituted]))
    }

    /// A list of scalars, or one of them alone.
    static func oneOrMore<Value>(_ kind: ScalarKind<Value>, _ type: String) -> Form {
        let one = JSONTree.either([kind.schema, .substituted])
        return Form(type, .either([one, .members(["type": .string("array"), "minItems": .number(1), "items": one])]))
    }

    static func list<Value>(of kind: ScalarKind<Value>, _ type: String, atLeast: Int = 1) -> Form {
        Form(
            type,
            .members([
                "type": .string("array"), "minItems": .number(atLeast), "items": .either([kind.schema, .substituted]),
            ]))
    }

    static func section(_ rows: [KeyRow], _ type: String = "mapping", or schema: JSONTree? = nil) -> Form {
        Form(type, schema, .section(rows))
    }

    static func any(_ type: String = "any value") -> Form { Form(type, .anything) }

    /// Names to texts.
    static func texts(_ type: String, _ inside: Inside = .nothing) -> Form {
        Form(type, .members(["type": .string("object"), "additionalProperties": .anyText]), inside)
    }
}

extension YAMLValue {
    static func scalar(_ text: String, isPlain: Bool = true) -> YAMLValue {
        YAMLValue(content: .scalar(Scalar(text: text, isPlain: isPlain)), place: .start)
    }

    static func list(_ texts: [String]) -> YAMLValue {
        YAMLValue(content: .sequence(texts.map { .scalar($0) }), place: .start)
    }

    func isWord(_ word: String) -> Bool {
        if case .scalar(let scalar) = content { scalar.text == word } else { false }
    }

    /// Whether it is false, as a boolean is written.
    var isFalse: Bool { ["false", "False", "FALSE"].contains { isWord($0) } }

    /// The values of a mapping by key; none of anything else.
    var byKey: [String: YAMLValue] {
        guard case .mapping(let entries) = content else { return [:] }
        return Dictionary(entries.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
}
