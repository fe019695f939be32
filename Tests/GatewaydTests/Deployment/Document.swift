import Foundation
import Testing

/// A page of the documentation: its examples and its commands.
struct Document: CustomTestStringConvertible {
    var path: String
    private var lines: [Substring]

    var testDescription: String { path }

    /// Those that have configurations or commands in them.
    static let all = [
        "README.md", "Sources/README.md", "deploy/README.md", "deploy/CONFIGURATION.md", "deploy/OPERATIONS.md",
        "deploy/MIGRATION.md", "Tests/Benchmarks/README.md",
    ]

    init(_ path: String) throws {
        self.path = path
        lines = try Repository.text(path).split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The text of each fenced block of that language.
    func blocks(_ language: String) -> [String] {
        var blocks: [String] = []
        var isInside = false
        for line in lines {
            if line == "```\(language)" {
                isInside = true
                blocks.append("")
            } else if line.hasPrefix("```") {
                isInside = false
            } else if isInside {
                blocks[blocks.count - 1] += "\(line)\n"
            }
        }
        return blocks
    }

    /// What a reader is told to type: indented lines that begin with `$ `, or with a program's name; without the remark behind it.
    var commands: [String] {
        lines.filter { $0.hasPrefix("    ") }.compactMap { line in
            var text = line.trimmingPrefix { $0 == " " }
            if text.hasPrefix("$ ") {
                text = text.dropFirst(2)
            } else if !Self.programs.contains(text.prefix { $0 != " " }) || !text.allSatisfy(\.isASCII) {
                // Drawings have names of programs in them too, and arrows.
                return nil
            }
            return String(text[..<(text.firstRange(of: #/\s+#.*/#)?.lowerBound ?? text.endIndex)])
        }
    }

    private static let programs: Set<Substring> = [
        "apt", "chgrp", "chmod", "curl", "docker", "editor", "gatewayctl", "gatewayd", "haproxy", "install",
        "journalctl",
        "kill", "kubectl", "make", "nginx", "openssl", "promtool", "swift", "systemctl", "systemd-sysusers",
        "systemd-tmpfiles",
    ]
}
