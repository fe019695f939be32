/// The targets of Package.swift and their arrows, read from its text.
struct PackageManifest {
    /// A target of Swift code under Sources.
    struct Target: Equatable {
        var name: String
        /// Targets and products.
        var dependencies: Set<String>
        var line: Int
    }

    /// In the order of the file.
    var targets: [Target] = []
    /// Those in C, which have no dependencies.
    private var inC: Set<String> = []

    /// What the names stand for that the manifest gives to lists of products.
    private static let products: [String: Set<String>] = [
        "nio": ["NIOCore", "NIOPosix"], "nioHTTP": ["NIOHTTP1"], "arguments": ["ArgumentParser"],
    ]

    /// Reads the calls that make targets: `house(...)`, `.executableTarget(...)` and `.target(...)`.
    init(_ text: String) {
        guard let start = text.firstRange(of: "targets: [") else { return }
        let offset = text[..<start.upperBound].count { $0.isNewline } + 1
        let list = text[start.upperBound...]
        for call in ["house(", ".executableTarget(", ".target("] {
            var rest = list
            while let range = rest.firstRange(of: call) {
                let arguments = Self.arguments(list[range.upperBound...])
                rest = rest[range.upperBound...]
                let line = offset + list[..<range.lowerBound].count { $0.isNewline }
                guard let name = Self.strings(in: arguments).first else { continue }
                if call == ".target(" {
                    inC.insert(name)
                } else {
                    targets.append(
                        Target(name: name, dependencies: Self.dependencies(in: arguments), line: line))
                }
            }
        }
        targets.sort { $0.line < $1.line }
    }

    /// The text up to the parenthesis that closes a call.
    private static func arguments(_ text: Substring) -> Substring {
        var depth = 1
        let end = text.firstIndex { character in
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            return depth == 0
        }
        return text[..<(end ?? text.endIndex)]
    }

    private static func strings(in text: Substring) -> [String] {
        text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }

    private static func dependencies(in arguments: Substring) -> Set<String> {
        let text = String(arguments)
        // `package: "swift-nio"` says where a product is from, which is no arrow of its own.
        let pieces = text.split(separator: "package: ", omittingEmptySubsequences: false)
        let kept = pieces.enumerated().map { index, piece in
            index == 0 ? piece : piece.split(separator: "\"", maxSplits: 2, omittingEmptySubsequences: false).last ?? ""
        }.joined()
        var names = Set(strings(in: kept[...]).dropFirst())
        let words = Set(kept.split { !$0.isLetter && !$0.isNumber })
        for (name, products) in products where words.contains(Substring(name)) { names.formUnion(products) }
        return names
    }

    /// Where the table of imports and the manifest do not say the same.
    func differences(from table: [String: Set<String>]) -> [Violation] {
        var found = targets.compactMap { target -> Violation? in
            guard table[target.name] != target.dependencies else { return nil }
            let manifest = target.dependencies.sorted().joined(separator: ", ")
            let rules = table[target.name].map { $0.sorted().joined(separator: ", ") } ?? "nothing"
            return Violation(
                path: "Package.swift", line: target.line,
                message: "\(target.name) depends on \(manifest), the table of imports says \(rules); make them equal")
        }
        for name in table.keys.sorted() where !targets.contains(where: { $0.name == name }) {
            let message = "there is no target \(name); take it out of the table of imports"
            found.append(Violation(path: "Package.swift", line: 1, message: message))
        }
        return found
    }

    /// Dependencies on a target of ours that stands below in the manifest.
    var arrowsUp: [Violation] {
        var above = inC
        let ours = Set(targets.map(\.name))
        return targets.flatMap { target in
            let up = target.dependencies.filter { ours.contains($0) && !above.contains($0) }
            above.insert(target.name)
            return up.sorted().map {
                Violation(
                    path: "Package.swift", line: target.line,
                    message: "\(target.name) depends on \($0), which is not above it; arrows point one way only")
            }
        }
    }
}
