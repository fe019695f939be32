/// The names of tests and suites: sentences that state a fact, of which the report is a list.
enum NameRules {
    /// Names that end in a full stop.
    static func check(_ path: String, _ text: SourceText) -> [Violation] {
        var quotes = 0
        var found: [Violation] = []
        for (index, token) in text.tokens.enumerated() where token.text == "\"" {
            quotes += 1
            guard text.fullStops.contains(quotes), index >= 4 else { continue }
            let before = text.tokens[(index - 4)..<index].map(\.text)
            guard before == ["@", "Test", "(", "\""] || before == ["@", "Suite", "(", "\""] else { continue }
            found.append(Violation(path: path, line: token.line, message: "a test's name ends without a full stop"))
        }
        return found
    }
}
