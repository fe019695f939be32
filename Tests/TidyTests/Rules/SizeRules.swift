/// Nothing has more parts than one can keep in mind.
enum SizeRules {
    /// Stored properties of a type.
    static let properties = 12
    /// Parameters of a function or initializer.
    static let parameters = 6
    /// Swift files of a folder.
    static let folder = 20

    /// Types with too many stored properties.
    static func checkProperties(_ path: String, _ text: SourceText) -> [Violation] {
        let declarations = Declaration.all(in: text)
        var counts: [Int: Int] = [:]
        for declaration in declarations where isStored(declaration, in: text.tokens) {
            if let type = declaration.type, ["struct", "class", "actor"].contains(declarations[type].kind) {
                counts[type, default: 0] += 1
            }
        }
        return counts.filter { $0.value > properties }.sorted { $0.key < $1.key }.map { type, count in
            let message =
                "\(declarations[type].name) has \(count) stored properties, at most \(properties) are allowed; "
                + "group those that change together into a value with a name of its own"
            return Violation(path: path, line: declarations[type].line, message: message)
        }
    }

    private static func isStored(_ declaration: Declaration, in tokens: [Token]) -> Bool {
        guard declaration.kind == "var" || declaration.kind == "let", !declaration.isStatic else { return false }
        var index = declaration.place + 2
        while index < tokens.count {
            switch tokens[index].text {
            case "=", "}": return true
            case "{": return index + 1 < tokens.count && ["didSet", "willSet"].contains(tokens[index + 1].text)
            case "(", "[": index = tokens.closing(of: index)
            default: break
            }
            index += 1
            // The type may go on where a line ends inside brackets only.
            if index < tokens.count, tokens[index].line > tokens[index - 1].line { return true }
        }
        return true
    }

    /// Functions and initializers with too many parameters.
    static func checkParameters(_ path: String, _ text: SourceText) -> [Violation] {
        let tokens = text.tokens
        return tokens.indices.compactMap { place in
            guard tokens[place].text == "func" || tokens[place].text == "init", place + 1 < tokens.count,
                place == 0 || tokens[place - 1].text != ".", let open = parenthesis(after: place, in: tokens)
            else { return nil }
            let count = parameters(from: open, in: tokens)
            guard count > parameters else { return nil }
            let name = tokens[place].text == "init" ? "init" : tokens[place + 1].text
            let message =
                "\(name) has \(count) parameters, at most \(parameters) are allowed; "
                + "group those that belong together into a value with a name of its own"
            return Violation(path: path, line: tokens[place].line, message: message)
        }
    }

    /// Where the parameters start: behind the name and what stands between `<` and `>`.
    private static func parenthesis(after place: Int, in tokens: [Token]) -> Int? {
        for index in tokens.indices[(place + 1)...].prefix(40) {
            if tokens[index].text == "(" { return index }
            if ["{", "}", "=", "."].contains(tokens[index].text) { return nil }
        }
        return nil
    }

    /// A parameter is one or two words and a colon, at the start or after a comma.
    private static func parameters(from open: Int, in tokens: [Token]) -> Int {
        var count = 0
        var index = open + 1
        let end = tokens.closing(of: open)
        while index < end {
            if ["(", "[", "{"].contains(tokens[index].text) { index = tokens.closing(of: index) }
            if tokens[index].text == ":" {
                let start = tokens[index - 2].kind == .word ? index - 3 : index - 2
                if start == open || tokens[start].text == "," { count += 1 }
            }
            index += 1
        }
        return count
    }

    /// Folders with too many files.
    static func checkFolders(_ paths: [String]) -> [Violation] {
        var counts: [String: Int] = [:]
        for path in paths {
            let folder = path.split(separator: "/").dropLast().joined(separator: "/")
            counts[folder, default: 0] += 1
        }
        return counts.filter { $0.value > folder }.sorted { $0.key < $1.key }.map { name, count in
            let message =
                "the folder has \(count) Swift files, at most \(folder) are allowed; "
                + "give the files of one idea a folder with its name"
            return Violation(path: name, line: 1, message: message)
        }
    }
}
