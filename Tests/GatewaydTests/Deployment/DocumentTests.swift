import Foundation
import Testing

extension RunningPrograms {
    /// The documentation does what it says.
    @Suite(.serialized, .seat) struct DocumentTests {
        /// A block without routes is a part of a file, and gets one, since a file has to have one.
        private static func whole(_ block: String) -> String {
            let hasRoutes = block.hasPrefix("routes:") || block.contains("\nroutes:")
            return hasRoutes ? block : block + "routes: [{ path: /, respond: { body: example } }]\n"
        }

        @Test(
            "every configuration in the documentation passes gatewayd check without a warning", arguments: Document.all)
        func configurations(path: String) async throws {
            let folder = try TemporaryFolder()
            // The files that have to be there for a configuration to be valid.
            let keys = "\(folder.path)/api-keys"
            try "mobile \(String(repeating: "0a", count: 32))\n".write(toFile: keys, atomically: true, encoding: .utf8)
            let (certificate, key) = ("\(folder.path)/client.pem", "\(folder.path)/client.key")
            let made = try await Program.run(
                "/usr/bin/openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=client", "-keyout",
                key, "-out", certificate)
            try #require(made.exitCode == 0, "\(made.errors)")
            for block in try Document(path).blocks("yaml") {
                try Self.whole(block).replacingOccurrences(of: "/etc/gatewayd/api-keys", with: keys)
                    .replacing(#/\/[\w\/.-]+\.pem/#, with: certificate).replacing(#/\/[\w\/.-]+\.key/#, with: key)
                    .write(toFile: "\(folder.path)/gatewayd.yaml", atomically: true, encoding: .utf8)
                let check = try await Program.run(
                    Program.gatewayd, "check", "--config", "\(folder.path)/gatewayd.yaml")
                #expect(check.exitCode == 0 && check.errors == [], "\(block)")
            }
        }

        @Test("the page on ways to gatewayd has one of ours beside each of theirs")
        func migration() throws {
            let page = try Document("deploy/MIGRATION.md")
            let theirs = page.blocks("json") + page.blocks("js") + page.blocks("go")
            #expect(theirs.count == 4 && page.blocks("yaml").count == 5)
            for block in page.blocks("json") {
                #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(block.utf8)) }
            }
        }

        @Test("every alert has a section of its name, and every section an alert")
        func alerts() throws {
            let rules = try Repository.text("deploy/prometheus/gatewayd.rules.yml")
            let names = rules.matches(of: #/- alert: (\w+)/#).map { String($0.1) }
            let chapter = try Repository.text("deploy/OPERATIONS.md").components(separatedBy: "\n## Alerts\n")
            let sections = try #require(chapter.last?.components(separatedBy: "\n## ").first)
                .matches(of: #/\n### (\w+)\n/#).map { String($0.1) }
            #expect(names.count > 5)
            #expect(sections.sorted() == names.sorted())
            // What pages somebody says how bad it is, what is the matter, and where to read what to do.
            let home = try Repository.homepage
            for rule in rules.components(separatedBy: "- alert: ").dropFirst() {
                let name = rule.prefix { $0 != "\n" }
                #expect(rule.contains(#/severity: (critical|warning) /#), "\(name)")
                #expect(rule.contains(#/\n +summary: "[^"]{10,}"\n/#), "\(name)")
                let url = try #require(rule.firstMatch(of: #/\n +runbook_url: (\S+)\n/#), "\(name)").1
                let parts = url.split(separator: "#")
                #expect(parts.first.map(String.init) == "\(home)/deploy/OPERATIONS.md", "\(name)")
                #expect(try Self.anchors(of: "deploy/OPERATIONS.md").contains(String(parts.last ?? "")), "\(url)")
            }
        }

        @Test("every failure has a row in the guide of operations")
        func failures() throws {
            let reference = try Self.words(of: "## Failures", in: "deploy/CONFIGURATION.md")
            let guide = try Self.words(of: "## Failures of calls", in: "deploy/OPERATIONS.md")
            #expect(reference.count > 10)
            #expect(reference.subtracting(guide) == [])
        }

        /// The words in backquotes that begin the rows of a chapter's tables.
        private static func words(of chapter: String, in path: String) throws -> Set<String> {
            let rest = try #require(try Repository.text(path).components(separatedBy: "\n\(chapter)\n").last)
            let text = try #require(rest.components(separatedBy: "\n## ").first)
            return Set(text.matches(of: #/\n\| `(\w+)`/#).map { String($0.1) })
        }

        @Test("every link in the documentation leads to a file and a heading that are there", arguments: Document.all)
        func links(path: String) throws {
            let folder = path.split(separator: "/").dropLast().joined(separator: "/")
            for match in try Repository.text(path).matches(of: #/\]\(([^)\s]+)\)/#)
            where !match.1.hasPrefix("http") {
                let parts = match.1.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
                let target = parts[0].isEmpty ? path : URL(filePath: "/\(folder)/\(parts[0])").standardized.path
                #expect(Repository.exists(target), "\(match.1)")
                guard parts.count == 2, target.hasSuffix(".md") else { continue }
                #expect(try Self.anchors(of: target).contains(String(parts[1])), "\(match.1)")
            }
        }

        /// What GitHub makes of headings: lower case, hyphens for spaces, other punctuation left out.
        private static func anchors(of path: String) throws -> Set<String> {
            let headings = try Repository.text(path).split(separator: "\n").filter { $0.hasPrefix("#") }
            return Set(
                headings.map { heading in
                    heading.drop { $0 == "#" }.dropFirst().lowercased().filter {
                        $0.isLetter || $0.isNumber || "- _".contains($0)
                    }
                    .replacingOccurrences(of: " ", with: "-")
                })
        }
    }
}
