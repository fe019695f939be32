/// Who may import whom: the arrows of Package.swift, and the parts of the system that a target may touch.
struct ImportRules {
    /// By target: the modules of ours and of packages that it may import.
    var modules: [String: Set<String>]
    /// By target: the modules of the system that it may import.
    var system: [String: Set<String>]
    /// By path: why this file cannot do without Foundation.
    var foundation: [String: String]

    /// The rules of this repository.
    static let house = ImportRules(
        modules: [
            "FanOut": [],
            "Policy": ["FanOut"],
            "Tokens": ["FanOut", "Crypto", "CryptoExtras"],
            "Configuration": ["FanOut", "Policy", "Tokens", "Yams"],
            "Scoreboard": ["FanOut", "Policy", "CLinux", "Atomics"],
            "Processes": ["FanOut", "CLinux"],
            "Loop": ["FanOut", "Processes", "CLinux"],
            "Upstream": ["FanOut", "Policy", "Loop", "Processes", "CCurl", "CLinux", "DequeModule"],
            "HTTPEdge": ["FanOut", "Loop", "Processes", "CLinux"],
            "Supervision": ["FanOut", "Configuration", "Scoreboard", "Processes"],
            "Admin": ["HTTPEdge", "Policy", "Configuration", "Scoreboard", "Processes", "FanOut", "Loop"],
            "Worker": [
                "HTTPEdge", "Upstream", "Policy", "Tokens", "Configuration", "Scoreboard", "Processes", "FanOut",
                "Loop", "Atomics",
            ],
            "Demo": ["HTTPEdge", "Processes", "FanOut", "Loop"],
            "gatewayd": [
                "Supervision", "Worker", "Admin", "Demo", "Configuration", "Processes", "FanOut", "ArgumentParser",
            ],
            "gatewayctl": ["Upstream", "FanOut", "Loop", "Processes", "ArgumentParser"],
        ],
        // FanOut and Configuration decide and are tested as values: no system call, no clock.
        system: [
            "Scoreboard": ["Glibc"], "Processes": ["Glibc"], "Loop": ["Glibc", "Synchronization"],
            "Upstream": ["Glibc"],
            "HTTPEdge": ["Glibc"], "Supervision": ["Glibc"], "Admin": ["Glibc"],
            "Worker": ["Glibc", "Dispatch", "Synchronization"],
            "Demo": ["Glibc"], "gatewayd": ["Glibc"], "gatewayctl": ["Glibc"],
        ],
        foundation: [
            "Sources/gatewayctl/ControlCommands.swift": "JSONDecoder reads the daemon's answer, far from the hot path",
            "Sources/gatewayctl/Why.swift": "the same",
            "Sources/Tokens/VerificationKey.swift": "bytes are swift-crypto's DataProtocol by its essentials",
            "Sources/Tokens/RememberedTokens.swift": "the same",
        ])

    /// Imports in a file under Sources that its target may not have.
    func check(_ path: String, _ text: SourceText) -> [Violation] {
        let folders = path.split(separator: "/")
        guard folders.count > 2, folders[0] == "Sources" else { return [] }
        let target = String(folders[1])
        guard let modules = modules[target] else {
            let message = "the target \(target) is not in the table of imports; say there what it may import"
            return [Violation(path: path, line: 1, message: message)]
        }
        let allowed = modules.union(system[target] ?? [])
        return text.lines.enumerated().compactMap { index, line in
            guard let module = Self.module(importedBy: line.code), !allowed.contains(module) else { return nil }
            if module.hasPrefix("Foundation"), foundation[path] != nil { return nil }
            return Violation(path: path, line: index + 1, message: message(target, module, allowed))
        }
    }

    private func message(_ target: String, _ module: String, _ allowed: Set<String>) -> String {
        if module.hasPrefix("Foundation") {
            return "\(target) imports \(module); use the standard library or Glibc, or list the file with its reason"
        }
        if allowed.isEmpty { return "\(target) imports \(module), but it is pure; hand what it needs in as a value" }
        let names = allowed.sorted().joined(separator: ", ")
        return "\(target) may not import \(module), only \(names); move the code to where the arrow points"
    }

    /// The module that a line of code imports, nil when it is no import.
    static func module(importedBy code: String) -> String? {
        let words = code.split { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "@" && $0 != "(" && $0 != ")" }
        guard let place = words.firstIndex(of: "import") else { return nil }
        let modifiers: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
        guard words[..<place].allSatisfy({ $0.hasPrefix("@") || modifiers.contains($0) }) else { return nil }
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "typealias", "func", "var", "let", "actor"]
        return words[(place + 1)...].first { !kinds.contains($0) }.map(String.init)
    }
}
