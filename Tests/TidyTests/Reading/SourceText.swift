/// A Swift file taken apart line by line: what is code, and what is said in comments.
///
/// Strings are blanked in the code, so that a rule never meets its own examples; what is interpolated into them stays.
struct SourceText {
    /// One line of the file.
    struct Line: Equatable {
        /// Without comments, and with blanks in place of the contents of strings.
        var code = ""
        /// Whether an ordinary comment, not one of documentation, is on the line or goes through it.
        var hasComment = false
    }

    /// In the order of the file; the first is line 1 of an editor.
    let lines: [Line]

    init(_ text: String) {
        var reader = Reader(text)
        lines = reader.read()
    }

    /// The code of all lines, joined by line ends.
    var code: String { lines.map(\.code).joined(separator: "\n") }
}

/// Goes through the text once and remembers what it is in the middle of.
private struct Reader {
    private enum Inside {
        /// The parentheses that are open within an interpolation; the outermost code has none to close.
        case code(open: Int)
        case string(pounds: Int, isMultiline: Bool)
        case comment
    }

    private let text: [Character]
    private var index = 0
    private var inside: [Inside] = [.code(open: 0)]
    private var line = SourceText.Line()
    private var lines: [SourceText.Line] = []

    init(_ text: String) {
        self.text = Array(text)
    }

    mutating func read() -> [SourceText.Line] {
        while index < text.count {
            if text[index].isNewline {
                endLine()
                continue
            }
            switch inside.last {
            case .code(let open): readCode(open: open)
            case .string(let pounds, let isMultiline): readString(pounds: pounds, isMultiline: isMultiline)
            case .comment, nil: readComment()
            }
        }
        if text.last?.isNewline != true { lines.append(line) }
        return lines
    }

    private mutating func endLine() {
        lines.append(line)
        line = SourceText.Line()
        index += 1
        switch inside.last {
        case .comment: line.hasComment = true
        // A string of one line ends with it at the latest: a mistake in it must not hide the rest of the file.
        case .string(_, isMultiline: false): inside.removeLast()
        default: break
        }
    }

    private func follows(_ word: String) -> Bool {
        text[index...].starts(with: word)
    }

    private func pounds(from start: Int) -> Int {
        text[start...].prefix { $0 == "#" }.count
    }

    private mutating func readCode(open: Int) {
        if follows("//") {
            let rest = text[index...].prefix { !$0.isNewline }
            if !rest.starts(with: "///") { line.hasComment = true }
            index += rest.count
            return
        }
        if follows("/*") {
            inside.append(.comment)
            line.hasComment = true
            index += 2
            return
        }
        let pounds = pounds(from: index)
        if index + pounds < text.count, text[index + pounds] == "\"" {
            let isMultiline = text[(index + pounds)...].starts(with: "\"\"\"")
            inside.append(.string(pounds: pounds, isMultiline: isMultiline))
            line.code.append("\"")
            index += pounds + (isMultiline ? 3 : 1)
            return
        }
        let character = text[index]
        index += 1
        line.code.append(character)
        guard inside.count > 1 else { return }
        if character == "(" { inside[inside.count - 1] = .code(open: open + 1) }
        if character == ")" {
            inside[inside.count - 1] = .code(open: open - 1)
            if open == 1 { inside.removeLast() }
        }
    }

    private mutating func readString(pounds: Int, isMultiline: Bool) {
        let fence = String(repeating: "#", count: pounds)
        if follows("\\" + fence) {
            index += 1 + pounds
            if index < text.count, text[index] == "(" {
                inside.append(.code(open: 0))
            } else if index < text.count, !text[index].isNewline {
                index += 1
            }
            return
        }
        if follows((isMultiline ? "\"\"\"" : "\"") + fence) {
            inside.removeLast()
            line.code.append("\"")
            index += (isMultiline ? 3 : 1) + pounds
            return
        }
        line.code.append(" ")
        index += 1
    }

    /// Comments of this kind may lie within each other.
    private mutating func readComment() {
        if follows("/*") {
            inside.append(.comment)
            index += 2
        } else if follows("*/") {
            inside.removeLast()
            index += 2
        } else {
            index += 1
        }
    }
}
