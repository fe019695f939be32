/// Operators whose precedence one must know by heart stand in parentheses.
enum OperatorRules {
    private static let shifts: Set<String> = ["<<", ">>", "&<<", "&>>"]
    /// Words and signs where one expression ends and another starts.
    private static let ends: Set<String> = [
        ",", ";", ":", "?", "=", "->", "return", "if", "guard", "else", "while", "for", "in", "where", "let", "var",
        "case", "default", "switch", "repeat", "throw", "func", "init",
    ]

    /// What has been seen of an expression so far.
    private struct Seen {
        var logical: String?
        var shift: String?
        var other: String?
    }

    /// `&&` beside `||`, and shifts beside other operators, in one expression.
    static func check(_ path: String, _ text: SourceText) -> [Violation] {
        var open: [Seen] = [Seen()]
        var found: [Violation] = []
        let tokens = text.tokens
        for (index, token) in tokens.enumerated() {
            switch token.text {
            case "(", "[", "{": open.append(Seen())
            case ")", "]", "}":
                if open.count > 1 { open.removeLast() }
                if token.text == "}" { open[open.count - 1] = Seen() }
            case let text where isAssignment(token) || (ends.contains(text) && (token.kind != .sign || token.isBinary)):
                open[open.count - 1] = Seen()
            default:
                if index > 0, token.line > tokens[index - 1].line, !token.isBinary, !tokens[index - 1].isBinary,
                    token.text != "."
                {
                    open[open.count - 1] = Seen()
                }
                guard token.isBinary, !isGeneric(token) else { continue }
                let message = note(token.text, in: &open[open.count - 1])
                if let message { found.append(Violation(path: path, line: token.line, message: message)) }
            }
        }
        return found
    }

    /// `+=` and its like, but no comparison.
    private static func isAssignment(_ token: Token) -> Bool {
        let isComparison = ["==", "!=", "<=", ">=", "===", "!==", "~="].contains(token.text)
        return token.kind == .sign && token.text.hasSuffix("=") && !isComparison
    }

    /// What stands close on both sides is an operator of ranges, or a bracket of generic arguments.
    private static func isGeneric(_ token: Token) -> Bool {
        !token.isSpacedBefore && token.text != "<<"
    }

    private static func note(_ sign: String, in seen: inout Seen) -> String? {
        if sign == "&&" || sign == "||" {
            defer { seen.logical = sign }
            if let logical = seen.logical, logical != sign {
                return "'\(logical)' and '\(sign)' are mixed; put parentheses around the part that comes first"
            }
        }
        if shifts.contains(sign) {
            defer { seen.shift = sign }
            if let other = seen.other ?? (seen.shift == sign ? nil : seen.shift) {
                return "'\(sign)' is mixed with '\(other)'; put parentheses around the shift"
            }
        } else {
            defer { seen.other = sign }
            if let shift = seen.shift {
                seen.shift = nil
                return "'\(shift)' is mixed with '\(sign)'; put parentheses around the shift"
            }
        }
        return nil
    }
}
