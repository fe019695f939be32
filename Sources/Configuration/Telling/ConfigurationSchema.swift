/// The form of the file as JSON Schema (2020-12), for editors and for those who write files by program.
package enum ConfigurationSchema {
    /// The schema's text.
    package static var text: String {
        let file = object(Configuration.keys.map(\.row))
        let head = JSONTree.members([
            "$schema": .string("https://json-schema.org/draft/2020-12/schema"),
            "title": .string("The configuration of gatewayd"),
            "description": .string(
                "What 'gatewayd check' accepts, but for what a schema cannot say: references, templates, and keys that need others."
            ),
            "$defs": .members(["substituted": substituted]),
        ])
        return JSONTree.object(head.members + file.members).text()
    }

    /// The value of an environment variable, or what is in a file.
    private static var substituted: JSONTree {
        var members = JSONTree.pattern(#"\$\{|^file:"#).members
        members.append(.init(name: "description", value: .string("taken from the environment or from a file")))
        return .object(members)
    }

    private static func object(_ rows: [KeyRow]) -> JSONTree {
        let required = rows.filter(\.isRequired).map(\.name)
        return .members([
            "type": .string("object"),
            "required": required.isEmpty ? nil : .strings(required),
            "additionalProperties": .boolean(false),
            "properties": .object(rows.map { .init(name: $0.name, value: property($0)) }),
        ])
    }

    private static func property(_ row: KeyRow) -> JSONTree {
        let notes = JSONTree.members([
            "description": .string(plain(row.help)),
            "default": standard(row.standard),
            "x-obeyed-by": row.obeys.map { .string($0 == .supervisorUntilRestart ? "supervisor" : $0.rawValue) },
            "x-needs-restart": row.obeys == .supervisorUntilRestart ? .boolean(true) : nil,
        ])
        return .object(notes.members + form(row.form).members)
    }

    private static func form(_ form: Form) -> JSONTree {
        let alternatives = form.schema.map { [$0] } ?? []
        switch form.inside {
        case .nothing, .secrets:
            return form.schema ?? .anything
        case .section(let rows):
            return either(alternatives + [object(rows)])
        case .elements(let rows):
            let items = either(alternatives + [object(rows)])
            let list = JSONTree.members(["type": .string("array"), "minItems": .number(1), "items": items])
            return either(alternatives + [list])
        case .values(let rows):
            let mapping = JSONTree.members([
                "type": .string("object"),
                "propertyNames": ScalarKind.name.schema, "additionalProperties": object(rows),
            ])
            return either(alternatives + [mapping])
        }
    }

    private static func either(_ forms: [JSONTree]) -> JSONTree {
        if let form = forms.first, forms.count == 1 { form } else { .either(forms) }
    }

    private static func standard(_ standard: Standard) -> JSONTree? {
        guard case .value(let value, _) = standard else { return nil }
        return json(value)
    }

    /// A default; those of rows are scalars and lists of them.
    private static func json(_ value: YAMLValue) -> JSONTree? {
        switch value.content {
        case .sequence(let values): return .array(values.compactMap(json))
        case .scalar(let scalar):
            if let number = Int(scalar.text) { return .number(number) }
            return ["true", "false"].contains(scalar.text) ? .boolean(scalar.text == "true") : .string(scalar.text)
        case .mapping, .invalid: return nil
        }
    }

    /// The text of a line of Markdown, without where its links lead.
    private static func plain(_ markdown: String) -> String {
        var text = ""
        var rest = markdown[...]
        while let end = rest.firstRange(of: "]("), let start = rest[..<end.lowerBound].lastIndex(of: "["),
            let close = rest[end.upperBound...].firstIndex(of: ")")
        {
            text += rest[..<start] + rest[rest.index(after: start)..<end.lowerBound]
            rest = rest[rest.index(after: close)...]
        }
        return text + rest
    }
}
