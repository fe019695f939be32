import Yams

/// Runs the YAML parser over a text, with every duplicate key found instead of none after the first.
///
/// The parser gives up at the first duplicate key, which would hide all other errors of the file. So that key's first
/// letter is replaced, in a copy of the text, by a character of the private use area, and the parser runs again.
/// Columns count characters, so no place moves; `name(of:)` gives the key back, and who reads the mapping reports it.
struct YAMLComposer {
    private var text: String
    /// What stands for what.
    private var masks: [Unicode.Scalar: Unicode.Scalar] = [:]

    init(_ text: String) {
        self.text = text
    }

    /// The root, or nil for an empty text or after a syntax error, which is reported.
    mutating func compose(_ problems: inout Problems) -> Node? {
        for _ in 0...Bounds.duplicateKeys {
            do {
                return try Yams.compose(yaml: text, .basic)
            } catch YamlError.duplicatedKeysInMapping(let names, let context) {
                guard mask(at: context.mark) else {
                    let names = names.map { "'\(name(of: $0))'" }.joined(separator: ", ")
                    problems.error("there twice in one mapping: \(names)", at: Place(context.mark))
                    return nil
                }
            } catch {
                report(error, to: &problems)
                return nil
            }
        }
        problems.error("more than \(Bounds.duplicateKeys) keys are there twice", at: .start)
        return nil
    }

    /// A key as the file spells it.
    func name(of key: String) -> String {
        guard let first = key.unicodeScalars.first, let original = masks[first] else { return key }
        var scalars = String.UnicodeScalarView([original])
        scalars.append(contentsOf: key.unicodeScalars.dropFirst())
        return String(scalars)
    }

    /// False when the key's place does not show its first letter (an alias, an escape, a tag).
    private mutating func mask(at mark: Mark) -> Bool {
        var lines = SourceLines(text)
        guard var index = lines.index(of: Place(mark)) else { return false }
        if lines.scalars[index] == "\"" || lines.scalars[index] == "'" { index += 1 }
        guard index < lines.scalars.count else { return false }
        let original = lines.scalars[index]
        guard original.properties.isAlphabetic else { return false }
        let free = (UInt32(0xE000)...0xF8FF).lazy.compactMap(Unicode.Scalar.init).first {
            !lines.scalars.contains($0)
        }
        guard let free else { return false }
        lines.scalars[index] = free
        masks[free] = original
        text = String(String.UnicodeScalarView(lines.scalars))
        return true
    }

    private func report(_ error: any Error, to problems: inout Problems) {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let part = context.map { " \($0.text) that starts on line \($0.mark.line)" } ?? ""
            problems.error("no YAML: \(problem)\(part)", at: Place(mark))
        case .reader(let problem, let offset, _, _):
            problems.error("no YAML: \(problem)", at: SourceLines(text).place(ofCharacter: offset ?? 0, in: text))
        default:
            problems.error("no YAML: \(error)", at: .start)
        }
    }
}

extension Place {
    init(_ mark: Mark) {
        self.init(line: mark.line, column: mark.column)
    }
}

/// The text as the parser counts it: Unicode scalars, in lines.
struct SourceLines: Sendable {
    var scalars: [Unicode.Scalar]
    /// The index of each line's first scalar.
    private var starts: [Int] = [0]

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            let isBeforeFeed = scalar == "\r" && index + 1 < scalars.count && scalars[index + 1] == "\n"
            // The line breaks of YAML 1.1 (section 4.2), which the parser follows.
            if ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains(scalar), !isBeforeFeed {
                starts.append(index + 1)
            }
        }
    }

    /// The index of a place in `scalars`, nil when nothing stands there.
    func index(of place: Place) -> Int? {
        guard starts.indices.contains(place.line - 1), place.column >= 1 else { return nil }
        let index = starts[place.line - 1] + place.column - 1
        return index < scalars.count ? index : nil
    }

    /// The place of a character (a grapheme cluster), counted from 0.
    func place(ofCharacter offset: Int, in text: String) -> Place {
        let index = text.prefix(offset).unicodeScalars.count
        let line = starts.lastIndex { $0 <= index } ?? 0
        return Place(line: line + 1, column: index - starts[line] + 1)
    }
}
