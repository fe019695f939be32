/// Files of a target that need each other in a circle are read together or not at all.
enum CircleRules {
    /// Files of a circle.
    static let most = 4

    /// Circles that are too long, of the files of one target.
    ///
    /// A file needs another if it has a word that is the name of a type that is declared at the top of the other.
    static func check(_ files: [(path: String, text: SourceText)]) -> [Violation] {
        var declaring: [String: [Int]] = [:]
        for (index, file) in files.enumerated() {
            for declaration in Declaration.all(in: file.text) {
                guard declaration.isType, declaration.type == nil, !declaration.isPrivate else { continue }
                declaring[declaration.name, default: []].append(index)
            }
        }
        let needs = files.enumerated().map { index, file in
            var needed: Set<Int> = []
            for token in file.text.tokens where token.kind == .word {
                needed.formUnion(declaring[token.text] ?? [])
            }
            return needed.subtracting([index]).sorted()
        }
        var search = Search(needs: needs)
        return search.circles().filter { $0.count > most }.map { circle in
            let names = circle.sorted().map { files[$0].path.split(separator: "/").last ?? "" }
            let message =
                "\(circle.count) files need each other in a circle, at most \(most) are allowed: "
                + names.joined(separator: " ") + "; have one of them take a protocol, a closure or a value instead"
            return Violation(path: files[circle.min() ?? 0].path, line: 1, message: message)
        }
    }

    /// Tarjan's search for strongly connected components.
    private struct Search {
        let needs: [[Int]]
        private var order: [Int: Int] = [:]
        private var low: [Int: Int] = [:]
        private var stack: [Int] = []
        private var found: [[Int]] = []

        init(needs: [[Int]]) {
            self.needs = needs
        }

        mutating func circles() -> [[Int]] {
            for node in needs.indices where order[node] == nil { visit(node) }
            return found
        }

        private mutating func visit(_ node: Int) {
            let number = order.count
            order[node] = number
            low[node] = number
            stack.append(node)
            for other in needs[node] {
                if order[other] == nil {
                    visit(other)
                    low[node] = min(low[node] ?? 0, low[other] ?? 0)
                } else if stack.contains(other) {
                    low[node] = min(low[node] ?? 0, order[other] ?? 0)
                }
            }
            guard low[node] == number, let start = stack.firstIndex(of: node) else { return }
            found.append(Array(stack[start...]))
            stack.removeSubrange(start...)
        }
    }
}
