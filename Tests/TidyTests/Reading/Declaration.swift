/// A declaration that others can name: a type, or what a file, a type or an extension holds; nothing inside a function.
struct Declaration: Equatable {
    /// `struct`, `func`, `var`, `case` and so on.
    var kind: String
    var name: String
    var line: Int
    /// Where its keyword stands among the tokens of the file.
    var place: Int
    /// What stands before the keyword: `package`, `static`, `@Test`.
    var modifiers: Set<String>
    /// What it inherits or conforms to, if it is a type; the place of its type's declaration in the list, if it is a member.
    var inherited: Set<String> = []
    var type: Int?

    static let types: Set<String> = ["struct", "class", "enum", "actor", "protocol", "typealias"]

    var isType: Bool { Self.types.contains(kind) }
    var isPrivate: Bool { modifiers.contains("private") || modifiers.contains("fileprivate") }
    var isStatic: Bool { modifiers.contains("static") || modifiers.contains("class") }

    /// All of a file, in its order.
    static func all(in text: SourceText) -> [Declaration] {
        var scanner = Scanner(tokens: text.tokens)
        scanner.scan()
        return scanner.found
    }
}

/// Goes through the tokens and remembers whose braces it is in.
private struct Scanner {
    private enum Scope: Equatable {
        /// The place of the type in `found`, nil for an extension.
        case members(Int?)
        case body
    }

    private static let modifiers: Set<String> = [
        "private", "fileprivate", "internal", "package", "public", "open", "static", "class", "final", "override",
        "mutating", "nonmutating", "borrowing", "consuming", "lazy", "weak", "unowned", "nonisolated", "isolated",
        "indirect", "convenience", "required", "prefix", "postfix", "infix", "dynamic", "distributed",
    ]

    let tokens: [Token]
    private(set) var found: [Declaration] = []
    private var scopes: [Scope] = [.members(nil)]
    private var next: Scope?
    private var depth = 0

    init(tokens: [Token]) {
        self.tokens = tokens
    }

    mutating func scan() {
        for place in tokens.indices {
            switch tokens[place].text {
            case "{":
                scopes.append(next ?? .body)
                next = nil
            case "}": if scopes.count > 1 { scopes.removeLast() }
            case "(", "[": depth += 1
            case ")", "]": depth -= 1
            default: if tokens[place].kind == .word { readWord(at: place) }
            }
        }
    }

    private mutating func readWord(at place: Int) {
        let word = tokens[place].text
        guard place + 1 < tokens.count, case .members(let type) = scopes.last else { return }
        let before = place > 0 ? tokens[place - 1].text : ""
        guard before != ".", before != "import" else { return }
        let follower = tokens[place + 1]
        switch word {
        case "extension":
            next = .members(nil)
        case "struct", "class", "enum", "actor", "protocol", "typealias":
            guard follower.kind == .word, !["func", "var", "let", "subscript"].contains(follower.text),
                !Self.modifiers.contains(follower.text)
            else { return }
            add(word, name: follower.text, at: place, in: type)
            found[found.count - 1].inherited = inherited(after: place + 1)
            if word != "typealias" { next = .members(found.count - 1) }
        case "func", "var", "let":
            guard follower.kind == .word else { return }
            add(word, name: follower.text, at: place, in: type)
        case "init", "subscript":
            guard ["(", "?", "<", "!"].contains(follower.text) else { return }
            add(word, name: word, at: place, in: type)
        case "case":
            guard let type, found[type].kind == "enum" else { return }
            readCases(at: place, in: type)
        default: break
        }
    }

    private mutating func readCases(at place: Int, in type: Int) {
        var index = place + 1
        while index < tokens.count, tokens[index].kind == .word {
            add("case", name: tokens[index].text, at: place, in: type)
            found[found.count - 1].line = tokens[index].line
            index += 1
            if index < tokens.count, tokens[index].text == "(" { index = tokens.closing(of: index) + 1 }
            // A raw value is a number, a string, or a name.
            if index < tokens.count, tokens[index].text == "=" {
                index += 1
                while index < tokens.count, tokens[index].text != ",", tokens[index].line == tokens[index - 1].line {
                    index += 1
                }
            }
            guard index < tokens.count, tokens[index].text == "," else { return }
            index += 1
        }
    }

    private mutating func add(_ kind: String, name: String, at place: Int, in type: Int?) {
        let bare = name.filter { $0 != "`" }
        found.append(
            Declaration(
                kind: kind, name: bare, line: tokens[place].line, place: place, modifiers: modifiers(before: place),
                type: type))
    }

    private func inherited(after name: Int) -> Set<String> {
        var words: Set<String> = []
        for token in tokens[(name + 1)...] {
            if token.text == "{" || token.text == "=" { break }
            if token.kind == .word { words.insert(token.text) }
        }
        return words
    }

    private func modifiers(before place: Int) -> Set<String> {
        var words: Set<String> = []
        var index = place - 1
        while index >= 0 {
            if tokens[index].text == ")" { index = tokens.opening(of: index) - 1 }
            guard index >= 0, tokens[index].kind == .word else { break }
            if index > 0, tokens[index - 1].text == "@" {
                words.insert("@" + tokens[index].text)
                index -= 2
            } else if Self.modifiers.contains(tokens[index].text) {
                words.insert(tokens[index].text)
                index -= 1
            } else {
                break
            }
        }
        return words
    }
}
