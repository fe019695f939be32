/// How the readers of every part take scalars, lists and mappings out of the file.
extension ConfigurationReader {
    /// The value of a key; nil when it is absent or wrong.
    mutating func scalar<Value>(_ kind: ScalarKind<Value>, _ key: String, in section: Section) -> Value? {
        section[key].flatMap { read(kind, $0, subject: "'\(key)'") }
    }

    /// The value of a key that must be there; nil when it is absent, which is reported, or wrong.
    mutating func required<Value>(_ kind: ScalarKind<Value>, _ key: String, in section: Section) -> Value? {
        if section[key] == nil {
            problems.error("'\(key)' is missing in \(section.subject); it wants \(kind.wanted)", at: section.place)
        }
        return scalar(kind, key, in: section)
    }

    /// A value as a scalar of a kind; nil when it is wrong, which is reported at its place.
    mutating func read<Value>(_ kind: ScalarKind<Value>, _ value: YAMLValue, subject: String) -> Value? {
        switch value.content {
        case .invalid:
            return nil
        case .scalar(let scalar) where !value.isNull:
            do throws(Refusal) {
                return try kind.parse(scalar.text)
            } catch {
                let message = "\(subject) wants \(error.wanted); found \(value.found)\(error.hint)"
                problems.error(message, at: value.place(atOffset: error.offset))
                return nil
            }
        case .scalar, .sequence, .mapping:
            problems.error("\(subject) wants \(kind.wanted); found \(value.found)", at: value.place)
            return nil
        }
    }

    /// The items of a key's list, never empty; nil when the key is absent, or when it is wrong, which is reported.
    ///
    /// - Parameter items: What messages call them, as in "wants a list of routes".
    mutating func list(_ key: String, of items: String, in section: Section) -> [YAMLValue]? {
        guard let value = section[key] else { return nil }
        switch value.content {
        case .invalid:
            return nil
        case .sequence(let values) where !values.isEmpty:
            return values
        case .sequence:
            problems.error("'\(key)' wants at least one of its \(items); found an empty list", at: value.place)
        case .scalar, .mapping:
            problems.error("'\(key)' wants a list of \(items); found \(value.found)", at: value.place)
        }
        return nil
    }

    /// The items of a key that takes one scalar or a list of them; nil when it is absent, or when it is wrong, which is reported.
    mutating func oneOrMore(_ key: String, of items: String, in section: Section) -> [YAMLValue]? {
        if let value = section[key], case .scalar = value.content, !value.isNull { return [value] }
        return list(key, of: items, in: section)
    }

    /// The entries of a mapping; nil when it is something else, which is reported.
    mutating func entries(_ value: YAMLValue, _ subject: String) -> [YAMLValue.Entry]? {
        switch value.content {
        case .invalid:
            return nil
        case .mapping(let entries):
            return entries
        case .scalar, .sequence:
            problems.error("\(subject) wants a mapping (key: value); found \(value.found)", at: value.place)
            return nil
        }
    }

    /// A mapping with known keys; nil when it is something else, which is reported.
    mutating func section(_ value: YAMLValue, _ subject: String, keys: [String]) -> Section? {
        entries(value, subject).map {
            Section($0, subject: subject, place: value.place, keys: keys, problems: &problems)
        }
    }

    /// The mapping of a key whose content may be left out altogether; nil when it is, or when it is wrong.
    mutating func optionalSection(_ key: String, in parent: Section, keys: [String]) -> Section? {
        guard let value = parent[key], !value.isNull else { return nil }
        return section(value, "'\(key)'", keys: keys)
    }
}
