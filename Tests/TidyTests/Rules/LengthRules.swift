/// Nothing is longer than one can keep in mind.
enum LengthRules {
    /// Lines of a file.
    static let file = 300
    /// Lines of a function, its signature and closing brace included.
    static let function = 70

    /// A file that is too long.
    static func checkFile(_ path: String, _ text: SourceText) -> [Violation] {
        guard text.lines.count > file else { return [] }
        let message =
            "the file has \(text.lines.count) lines, at most \(file) are allowed; "
            + "give one of its nouns a file of its own"
        return [Violation(path: path, line: file + 1, message: message)]
    }

    /// Functions, initializers, subscripts and computed properties that are too long.
    static func checkFunctions(_ path: String, _ text: SourceText) -> [Violation] {
        let tokens = text.tokens
        return tokens.indices.compactMap { start in
            guard let end = bodyEnd(of: start, in: tokens) else { return nil }
            let length = tokens[end].line - tokens[start].line + 1
            guard length > function else { return nil }
            let message =
                "the function has \(length) lines, at most \(function) are allowed; "
                + "give a step of it a name of its own"
            return Violation(path: path, line: tokens[start].line, message: message)
        }
    }

    private static let functions: Set<String> = ["func", "init", "deinit", "subscript"]
    private static let declarations: Set<String> = [
        "func", "init", "deinit", "subscript", "var", "let", "case", "typealias", "associatedtype", "struct", "class",
        "enum", "actor", "protocol", "extension",
    ]

    /// The place of the closing brace, nil when no function with a body starts here.
    private static func bodyEnd(of start: Int, in tokens: [Token]) -> Int? {
        let isProperty = tokens[start].text == "var"
        guard isProperty || functions.contains(tokens[start].text) else { return nil }
        // A call, as in `self.init(...)`.
        if start > 0, tokens[start - 1].text == "." { return nil }
        var depth = 0
        for index in tokens.indices[(start + 1)...] {
            switch tokens[index].text {
            case "(", "[": depth += 1
            case ")", "]": depth -= 1
            case "{" where depth == 0: return tokens.closing(of: index)
            case "}" where depth == 0: return nil
            case let word where depth == 0 && declarations.contains(word): return nil
            default: break
            }
            // A stored property has no body; a computed one opens it on the line where its type ends.
            let isLast = index + 1 == tokens.count
            if isProperty, depth == 0, isLast || tokens[index + 1].line > tokens[index].line { return nil }
            if depth < 0 { return nil }
        }
        return nil
    }
}
