/// Who may import whom: of ours and of packages what Package.swift says, of the system what stands here.
struct ImportRules {
    /// The arrows; nothing beside it says what a target may import of ours and of packages.
    var manifest: PackageManifest
    /// By target: the modules of the system that it may import.
    ///
    /// Only what owns a descriptor, a process, a thread or shared memory speaks to the system. All else decides,
    /// and is tested as values: it has no row here, and no target below it has one.
    var system: [String: Set<String>] = [
        "Scoreboard": ["Glibc"],
        "Processes": ["Glibc"],
        "Loop": ["Glibc", "Synchronization"],
        "Upstream": ["Glibc"],
        "HTTPEdge": ["Glibc"],
        "Supervision": ["Glibc"],
        "Worker": ["Glibc", "Dispatch"],
        "gatewayd": ["Glibc"],
        "gatewayctl": ["Glibc"],
    ]
    /// Files that cannot do without Foundation, as `target/file`, and why.
    var foundation = [
        "gatewayctl/ControlCommands.swift": "JSONDecoder reads the daemon's answer, far from the hot path",
        "gatewayctl/Why.swift": "the same",
        "Tokens/VerificationKey.swift": "bytes are swift-crypto's DataProtocol by its essentials",
        "Tokens/RememberedTokens.swift": "the same",
    ]
    /// What tests and their servers may import of the system.
    private static let systemOfTests: Set<String> = [
        "Testing", "Foundation", "Glibc", "Dispatch", "Synchronization",
    ]

    /// Imports that a file's target may not have.
    func check(_ path: String, _ text: SourceText) -> [Violation] {
        // What is no target imports what its own script compiles it with: Tests/Fuzz/run.
        guard let target = manifest.target(of: path) else { return [] }
        let isTest = path.hasPrefix("Tests/")
        let allowed = target.dependencies.union(isTest ? Self.systemOfTests : system[target.name] ?? [])
        return text.lines.enumerated().compactMap { index, line in
            guard let module = Self.module(importedBy: line.code), !allowed.contains(module) else { return nil }
            if module.hasPrefix("Foundation"), foundation[Self.key(target, path)] != nil { return nil }
            return Violation(path: path, line: index + 1, message: message(target, module, allowed))
        }
    }

    private func message(_ target: PackageManifest.Target, _ module: String, _ allowed: Set<String>) -> String {
        if module.hasPrefix("Foundation") {
            return
                "\(target.name) imports \(module); use the standard library or Glibc, or list the file with its reason"
        }
        if manifest[module] == nil, system[target.name] == nil {
            return "\(target.name) imports \(module), but it is pure: no I/O, no clock of its own; "
                + "hand in what it needs as a value"
        }
        let names = allowed.sorted().joined(separator: ", ")
        return "\(target.name) may not import \(module), only \(names); move the code to where the arrow points, "
            + "or draw the arrow in Package.swift"
    }

    private static func key(_ target: PackageManifest.Target, _ path: String) -> String {
        "\(target.name)/\(path.split(separator: "/").last ?? "")"
    }

    /// Dependencies that no file of the target imports, and permissions that none uses.
    func checkUse(by files: [(path: String, text: SourceText)]) -> [Violation] {
        var imports: [String: Set<String>] = [:]
        var withFoundation: Set<String> = []
        for file in files {
            guard let target = manifest.target(of: file.path) else { continue }
            let modules = file.text.lines.compactMap { Self.module(importedBy: $0.code) }
            imports[target.name, default: []].formUnion(modules)
            if modules.contains(where: { $0.hasPrefix("Foundation") }) {
                withFoundation.insert(Self.key(target, file.path))
            }
        }
        let unused = manifest.targets.flatMap { target in
            target.dependencies.subtracting(imports[target.name] ?? []).sorted().filter { name in
                // Tests that start a program depend on it so that it is built.
                !(target.isTest && manifest[name]?.isProgram == true)
            }.map {
                Violation(
                    path: "Package.swift", line: target.line,
                    message: "\(target.name) depends on \($0), which none of its files imports; take it out")
            }
        }
        let unneeded =
            system.flatMap { name, modules in modules.subtracting(imports[name] ?? []).map { "\(name): \($0)" } }
            + Set(foundation.keys).subtracting(withFoundation)
        return unused
            + unneeded.sorted().map {
                Violation(
                    path: "Tests/TidyTests/Rules/ImportRules.swift", line: 1,
                    message: "nothing makes use of the permission \($0); take it out of the table")
            }
    }

    /// Dependencies on a target that stands below in the manifest.
    var arrowsUp: [Violation] {
        var above: Set<String> = []
        let ours = Set(manifest.targets.map(\.name))
        return manifest.targets.flatMap { target in
            let up = target.dependencies.filter { ours.contains($0) && !above.contains($0) }
            above.insert(target.name)
            return up.sorted().map {
                Violation(
                    path: "Package.swift", line: target.line,
                    message: "\(target.name) depends on \($0), which is not above it; arrows point one way only")
            }
        }
    }

    /// Targets without a row for the system that stand on a target with one.
    var pureOnImpure: [Violation] {
        manifest.targets.filter { !$0.folder.hasPrefix("Tests/") && Self.pure.contains($0.name) }.flatMap { target in
            target.dependencies.filter { manifest[$0] != nil && !Self.pure.contains($0) }.sorted().map {
                Violation(
                    path: "Package.swift", line: target.line,
                    message:
                        "\(target.name) is pure and depends on \($0), which is not; hand in what it needs as a value")
            }
        }
    }

    /// The targets that decide: no I/O, no clock of their own.
    static let pure: Set<String> = [
        "Base", "JSON", "HTTP", "Telemetry", "Access", "Policy", "FanOut", "Tokens", "Configuration",
    ]

    /// The module that a line of code imports, nil when it is no import.
    static func module(importedBy code: String) -> String? {
        guard code.contains("import") else { return nil }
        let words = code.split { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "@" && $0 != "(" && $0 != ")" }
        guard let place = words.firstIndex(of: "import") else { return nil }
        let modifiers: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
        guard words[..<place].allSatisfy({ $0.hasPrefix("@") || modifiers.contains($0) }) else { return nil }
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "typealias", "func", "var", "let", "actor"]
        return words[(place + 1)...].first { !kinds.contains($0) }.map(String.init)
    }
}
