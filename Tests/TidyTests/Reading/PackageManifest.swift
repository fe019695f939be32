/// The targets of Package.swift and their arrows, read from its text.
struct PackageManifest {
    /// A target of ours.
    struct Target: Equatable {
        var name: String
        /// Where its files are, from the top of the repository.
        var folder: String
        /// Targets and products.
        var dependencies: Set<String>
        /// Where it stands in Package.swift.
        var line: Int
        var isProgram = false
        var isTest = false
    }

    /// In the order of the file.
    private(set) var targets: [Target] = []

    /// The functions that make targets, ours and SwiftPM's.
    private static let makers: Set<String> = [
        "house", "tests", "benchmark", "target", "executableTarget", "testTarget",
    ]

    /// Labels whose strings name no dependency.
    private static let otherLabels: Set<String> = [
        "package", "path", "in", "files", "linkerSettings", "swiftSettings",
    ]

    init(_ text: String) {
        let tokens = ManifestToken.all(in: text)
        let groups = Self.groups(in: tokens[...])
        guard let label = Self.index(of: "targets", ":", "[", in: tokens[...]) else { return }
        let list = tokens[(label + 3)..<Self.closing(of: label + 2, in: tokens[...])]
        var index = list.startIndex
        while index < list.endIndex {
            if Self.makers.contains(list[index].text), index + 1 < list.endIndex, list[index + 1].text == "(" {
                let end = Self.closing(of: index + 1, in: list)
                targets.append(Self.target(made: list[index], arguments: list[(index + 2)..<end], groups: groups))
                index = end
            }
            index += 1
        }
    }

    /// The target with this name.
    subscript(name: String) -> Target? { targets.first { $0.name == name } }

    /// The target whose folder a file is in.
    func target(of path: String) -> Target? {
        targets.first { path.hasPrefix($0.folder + "/") }
    }

    /// The lists of products that have a name: `let nio: [Target.Dependency] = [...]`.
    private static func groups(in tokens: ArraySlice<ManifestToken>) -> [String: Set<String>] {
        var groups: [String: Set<String>] = [:]
        for start in tokens.indices where tokens[start].text == "let" && start + 1 < tokens.endIndex {
            let rest = tokens[(start + 1)...]
            guard let equals = rest.firstIndex(where: { $0.text == "=" }),
                rest[..<equals].contains(where: { $0.text == "Dependency" }),
                let open = rest[equals...].firstIndex(where: { $0.depthChange > 0 })
            else { continue }
            groups[tokens[start + 1].text] = names(in: tokens[open..<closing(of: open, in: tokens)])
        }
        return groups
    }

    private static func target(
        made maker: ManifestToken, arguments: ArraySlice<ManifestToken>, groups: [String: Set<String>]
    ) -> Target {
        let name = arguments.first { $0.isString }?.text ?? ""
        var target = Target(name: name, folder: "Sources/\(name)", dependencies: names(in: arguments), line: maker.line)
        target.dependencies.remove(name)
        for token in arguments where !token.isString {
            target.dependencies.formUnion(groups[token.text] ?? [])
        }
        target.isProgram = maker.text == "executableTarget" || maker.text == "benchmark"
        target.isTest = maker.text == "tests" || maker.text == "testTarget"
        if maker.text == "tests" {
            target.name += "Tests"
            target.dependencies.insert(name)
        }
        if target.isTest { target.folder = "Tests/\(target.name)" }
        if let label = index(of: "path", ":", nil, in: arguments) { target.folder = arguments[label + 2].text }
        if let label = index(of: "in", ":", nil, in: arguments) {
            target.folder = "Tests/Benchmarks/\(arguments[label + 2].text)"
        }
        return target
    }

    /// The strings that name targets and products.
    private static func names(in tokens: ArraySlice<ManifestToken>) -> Set<String> {
        var names: Set<String> = []
        var index = tokens.startIndex
        while index < tokens.endIndex {
            if tokens[index].isString {
                names.insert(tokens[index].text)
            } else if otherLabels.contains(tokens[index].text), index + 2 < tokens.endIndex,
                tokens[index + 1].text == ":"
            {
                index = closing(of: index + 2, in: tokens)
            }
            index += 1
        }
        return names
    }

    /// Where the bracket closes that opens at a place; the place itself when none opens there.
    private static func closing(of open: Int, in tokens: ArraySlice<ManifestToken>) -> Int {
        var depth = 0
        for index in tokens.indices[open...] {
            depth += tokens[index].depthChange
            if depth <= 0 { return index }
        }
        return tokens.endIndex
    }

    /// Where three tokens follow each other, the last being any if nil.
    private static func index(
        of first: String, _ second: String, _ third: String?, in tokens: ArraySlice<ManifestToken>
    ) -> Int? {
        tokens.indices.dropLast(2).first {
            tokens[$0].text == first && !tokens[$0].isString && tokens[$0 + 1].text == second
                && (third == nil || tokens[$0 + 2].text == third)
        }
    }
}
