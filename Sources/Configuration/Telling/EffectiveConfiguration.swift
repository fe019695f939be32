import Yams

/// The file with all that it leaves out filled in, and with its secrets masked, as `gatewayd check --effective` prints it.
///
/// It reads back to an equal configuration: what comes from a file is written as the file's name. Secrets that stand in
/// the configuration itself are stars.
struct EffectiveConfiguration {
    private let root: YAMLValue

    /// - Parameter root: Of a file without errors.
    init(_ root: YAMLValue) {
        self.root = Self.filled(root, .section(Configuration.keys.map(\.row)), above: [:])
    }

    /// As YAML.
    func yaml() throws -> String { try Yams.serialize(node: Self.node(root), width: -1, allowUnicode: true) }

    // MARK: Defaults

    private static func filled(_ value: YAMLValue, _ inside: Form.Inside, above: [String: YAMLValue]) -> YAMLValue {
        var value = value
        switch (value.content, inside) {
        case (.mapping, .section(let rows)):
            value.content = .mapping(entries(value.byKey, rows, above))
        case (.sequence(let values), .elements(let rows)):
            value.content = .sequence(values.map { filled($0, .section(rows), above: above) })
        case (.mapping(let entries), .values(let rows)):
            value.content = .mapping(entries.map { $0.with(filled($0.value, .section(rows), above: above)) })
        case (.mapping(let entries), .secrets(let all)):
            value.content = .mapping(entries.map { $0.with(masked($0, all: all)) })
        default:
            break
        }
        return value
    }

    /// The keys of a mapping in the order of their rows.
    private static func entries(
        _ present: [String: YAMLValue], _ rows: [KeyRow], _ above: [String: YAMLValue]
    ) -> [YAMLValue.Entry] {
        let around = Surroundings(beside: present, above: above)
        return rows.compactMap { row in
            value(of: row, around).map { YAMLValue.Entry(key: row.name, keyPlace: .start, value: $0) }
        }
    }

    private static func value(of row: KeyRow, _ around: Surroundings) -> YAMLValue? {
        if let present = around.beside[row.name] {
            switch row.standard {
            case .mapping where present.isNull, .emptyMapping where present.isNull:
                return filled(.empty, row.form.inside, above: around.beside)
            default:
                return filled(present, row.form.inside, above: around.beside)
            }
        }
        guard row.isFilled(around) else { return nil }
        switch row.standard {
        case .value(let value, _): return value
        case .made(_, let make): return make(around)
        case .said, .emptyMapping: return nil
        case .mapping:
            let mapping = filled(.empty, row.form.inside, above: around.beside)
            return mapping.byKey.isEmpty ? nil : mapping
        }
    }

    // MARK: Secrets

    private static func masked(_ entry: YAMLValue.Entry, all: Bool) -> YAMLValue {
        guard case .scalar(var scalar) = entry.value.content else { return entry.value }
        // Where a value is taken from is no secret.
        if scalar.written != nil {
            scalar.isSecret = true
        } else if all || (isSensitive(entry.key) && !scalar.text.contains("{")) {
            scalar = YAMLValue.Scalar(text: "***", isPlain: false)
        }
        return YAMLValue(content: .scalar(scalar), place: entry.value.place)
    }

    /// Whether a field of this name usually carries a secret.
    private static func isSensitive(_ field: String) -> Bool {
        let name = field.lowercased()
        return ["auth", "cookie", "key", "token", "secret", "password", "credential"].contains { name.contains($0) }
    }

    // MARK: YAML

    private static func node(_ value: YAMLValue) -> Node {
        switch value.content {
        case .scalar(let scalar): scalar.isSecret ? node(scalar.written ?? "***", isPlain: false) : node(scalar, value)
        case .sequence(let values): .sequence(Node.Sequence(values.map(node)))
        case .mapping(let entries):
            .mapping(Node.Mapping(entries.map { (node($0.key, isPlain: $0.key != "<<"), node($0.value)) }))
        case .invalid: preconditionFailure("a file without errors has no invalid value")
        }
    }

    private static func node(_ scalar: YAMLValue.Scalar, _ value: YAMLValue) -> Node {
        if value.isNull { return node("null", isPlain: true) }
        return node(scalar.text.replacing("${", with: "$${"), isPlain: scalar.isPlain)
    }

    private static func node(_ text: String, isPlain: Bool) -> Node {
        .scalar(Node.Scalar(text, Tag(.implicit), isPlain ? .plain : .doubleQuoted))
    }
}

extension YAMLValue {
    fileprivate static let empty = YAMLValue(content: .mapping([]), place: .start)
}

extension YAMLValue.Entry {
    fileprivate func with(_ value: YAMLValue) -> YAMLValue.Entry {
        var entry = self
        entry.value = value
        return entry
    }
}
