/// A word, an operator, or one other character, and its line.
struct Token: Equatable {
    var text: String
    var line: Int
    var kind: Kind
    /// Whether a blank or the start of its line is before it.
    var isSpacedBefore: Bool
    /// Whether a blank or the end of its line is behind it.
    var isSpacedAfter: Bool

    enum Kind: Equatable {
        case word, sign, mark
    }

    /// Whether it stands between two operands: as far from the one as from the other.
    var isBinary: Bool { kind == .sign && isSpacedBefore == isSpacedAfter }

    /// The words, operators and other characters of the code, without blanks.
    static func all(in lines: [[UInt8]]) -> [Token] {
        var tokens: [Token] = []
        for (index, line) in lines.enumerated() {
            var start = 0
            while start < line.count {
                let kind = kinds[Int(line[start])]
                guard let kind else {
                    start += 1
                    continue
                }
                var end = start + 1
                if kind != .mark {
                    while end < line.count, kinds[Int(line[end])] == kind { end += 1 }
                }
                tokens.append(
                    Token(
                        text: String(decoding: line[start..<end], as: UTF8.self), line: index + 1, kind: kind,
                        isSpacedBefore: start == 0 || line[start - 1] == UInt8(ascii: " "),
                        isSpacedAfter: end == line.count || line[end] == UInt8(ascii: " ")))
                start = end
            }
        }
        return tokens
    }

    /// By byte: what kind of token it is a part of, nil for blanks.
    ///
    /// What is not ASCII is part of a word.
    private static let kinds: [Kind?] = (0...255).map { number in
        let byte = UInt8(truncatingIfNeeded: number)
        if byte >= 0x80 { return .word }
        let character = Character(UnicodeScalar(byte))
        if character.isLetter || character.isNumber || character == "_" || character == "`" { return .word }
        if "/=-+!*%<>&|^~?.".contains(character) { return character == "." ? .mark : .sign }
        return byte > 0x20 && byte < 0x7F ? .mark : nil
    }
}

extension [Token] {
    /// The place of the bracket that closes the one at a place; the last place when none does.
    func closing(of open: Int) -> Int {
        var depth = 0
        for index in indices[open...] {
            switch self[index].text {
            case "(", "[", "{": depth += 1
            case ")", "]", "}": depth -= 1
            default: break
            }
            if depth == 0 { return index }
        }
        return count - 1
    }

    /// The place of the bracket that the one at a place closes; the first place when none does.
    func opening(of close: Int) -> Int {
        var depth = 0
        for index in indices[...close].reversed() {
            switch self[index].text {
            case ")", "]", "}": depth += 1
            case "(", "[", "{": depth -= 1
            default: break
            }
            if depth == 0 { return index }
        }
        return 0
    }
}
