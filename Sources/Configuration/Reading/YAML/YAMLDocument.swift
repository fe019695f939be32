import Yams

/// Turns the parser's nodes into `YAMLValue`s: duplicate keys, merge keys and environment variables are settled here.
struct YAMLDocument {
    private let composer: YAMLComposer
    private let source: SourceLines
    private let substitution: EnvironmentSubstitution
    private let files: SecretFiles
    private var valueCount = 0
    private var depth = 0

    /// The root of a text, or nil: the text is empty, or a syntax error is reported.
    static func read(
        _ text: String, environment: [String: String], files: SecretFiles, problems: inout Problems
    ) -> YAMLValue? {
        var composer = YAMLComposer(text)
        guard let root = composer.compose(&problems) else { return nil }
        var document = YAMLDocument(
            composer: composer, source: SourceLines(text),
            substitution: EnvironmentSubstitution(environment: environment), files: files)
        return document.value(of: root, &problems)
    }

    private init(
        composer: YAMLComposer, source: SourceLines, substitution: EnvironmentSubstitution, files: SecretFiles
    ) {
        self.files = files
        self.composer = composer
        self.source = source
        self.substitution = substitution
    }

    private mutating func value(of node: Node, _ problems: inout Problems) -> YAMLValue {
        let place = node.mark.map(Place.init) ?? .start
        valueCount += 1
        depth += 1
        defer { depth -= 1 }
        guard valueCount <= Bounds.values, depth <= Bounds.depth else {
            // At one place, so that it is one error however many values come after.
            let limits = "\(Bounds.values) values, nested \(Bounds.depth) deep, aliases counted each time"
            problems.error("larger than a configuration may be: \(limits)", at: .start)
            return YAMLValue(content: .invalid, place: place)
        }
        switch node {
        case .scalar(let scalar):
            return YAMLValue(content: content(of: scalar, at: place, &problems), place: place)
        case .sequence(let sequence):
            return YAMLValue(content: .sequence(sequence.map { value(of: $0, &problems) }), place: place)
        case .mapping(let mapping):
            return YAMLValue(content: .mapping(entries(of: mapping, &problems)), place: place)
        case .alias:
            preconditionFailure("the parser replaces aliases by what they stand for")
        }
    }

    // MARK: Scalars

    private func content(
        of scalar: Node.Scalar, at place: Place, _ problems: inout Problems
    ) -> YAMLValue.Content {
        let textColumn = textColumn(of: scalar, at: place)
        var result = YAMLValue.Scalar(text: scalar.string, isPlain: Self.isPlain(scalar), textColumn: textColumn)
        if scalar.string.contains("${") {
            do throws(EnvironmentSubstitution.Failure) {
                result.text = try substitution.expand(scalar.string)
                result.textColumn = nil
                result.written = scalar.string
            } catch {
                let value = YAMLValue(content: .scalar(result), place: place)
                problems.error(error.message, at: value.place(atOffset: error.offset))
                return .invalid
            }
        }
        guard result.text.hasPrefix(SecretFiles.prefix) else { return .scalar(result) }
        do throws(SecretFiles.Failure) {
            let text = try files.text(of: result.text)
            return .scalar(
                YAMLValue.Scalar(
                    text: text, isPlain: false, textColumn: nil, written: scalar.string, isSecret: true))
        } catch {
            problems.error(error.message, at: place)
            return .invalid
        }
    }

    /// An untagged scalar in plain style, or one with a tag that names another core type than a string.
    private static func isPlain(_ scalar: Node.Scalar) -> Bool {
        let tag = scalar.tag.rawValue
        if tag.isEmpty { return scalar.style == .plain || scalar.style == .any }
        return ["null", "bool", "int", "float"].contains { tag == "tag:yaml.org,2002:" + $0 }
    }

    private func textColumn(of scalar: Node.Scalar, at place: Place) -> Int? {
        guard var index = source.index(of: place) else { return nil }
        let quote: Unicode.Scalar? =
            switch scalar.style {
            case .singleQuoted: "'"
            case .doubleQuoted: "\""
            default: nil
            }
        if let quote {
            guard source.scalars[index] == quote else { return nil }
            index += 1
        }
        guard source.scalars[index...].starts(with: scalar.string.unicodeScalars) else { return nil }
        return place.column + (quote == nil ? 0 : 1)
    }

    // MARK: Mappings

    private mutating func entries(of mapping: Node.Mapping, _ problems: inout Problems) -> [YAMLValue.Entry] {
        var entries: [YAMLValue.Entry] = []
        var places: [String: Place] = [:]
        var merged: [YAMLValue] = []
        for (keyNode, valueNode) in mapping {
            let keyPlace = keyNode.mark.map(Place.init) ?? .start
            guard case .scalar(let scalar) = keyNode else {
                problems.error("a key is a word, no list or mapping", at: keyPlace)
                continue
            }
            let key = composer.name(of: scalar.string)
            let value = value(of: valueNode, &problems)
            // By its style alone: the parser's search for duplicates has tagged all keys as strings.
            if key == "<<", scalar.style == .plain {
                merged.append(value)
            } else if let first = places.updateValue(keyPlace, forKey: key) {
                places[key] = first
                problems.error("'\(key)' is there twice in one mapping, first on line \(first.line)", at: keyPlace)
            } else {
                entries.append(YAMLValue.Entry(key: key, keyPlace: keyPlace, value: value))
            }
        }
        for value in merged { merge(value, into: &entries, &problems) }
        return entries
    }

    /// Adds what is not there yet (https://yaml.org/type/merge.html): of several mappings the first wins.
    private func merge(_ value: YAMLValue, into entries: inout [YAMLValue.Entry], _ problems: inout Problems) {
        switch value.content {
        case .mapping(let others):
            let present = Set(entries.map(\.key))
            entries += others.filter { !present.contains($0.key) }
        case .sequence(let values):
            for value in values { merge(value, into: &entries, &problems) }
        case .scalar:
            problems.error("'<<' wants a mapping or a list of mappings; found \(value.found)", at: value.place)
        case .invalid:
            break
        }
    }
}
