/// A string, a word or one other character of Package.swift.
struct ManifestToken: Equatable {
    /// Without the quotes, if it is a string.
    var text: String
    var isString = false
    /// From 1.
    var line: Int

    /// How much deeper into brackets it leads.
    var depthChange: Int {
        if isString { return 0 }
        return ["(", "["].contains(text) ? 1 : [")", "]"].contains(text) ? -1 : 0
    }

    /// Comments and blanks are left out.
    ///
    /// Strings of the manifest are on one line and have no escapes.
    static func all(in text: String) -> [ManifestToken] {
        var tokens: [ManifestToken] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            for (part, piece) in line.split(separator: "\"", omittingEmptySubsequences: false).enumerated() {
                if part % 2 == 1 {
                    tokens.append(ManifestToken(text: String(piece), isString: true, line: index + 1))
                    continue
                }
                let code = piece.firstRange(of: "//").map { piece[..<$0.lowerBound] } ?? piece
                tokens += words(in: code).map { ManifestToken(text: $0, line: index + 1) }
                if code.endIndex < piece.endIndex { break }
            }
        }
        return tokens
    }

    private static func words(in code: Substring) -> [String] {
        var words: [String] = []
        var isInWord = false
        for character in code {
            let continues = character.isLetter || character.isNumber || character == "_"
            if continues, isInWord {
                words[words.count - 1].append(character)
            } else if !character.isWhitespace {
                words.append(String(character))
            }
            isInWord = continues
        }
        return words
    }
}
