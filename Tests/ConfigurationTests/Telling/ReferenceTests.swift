import Configuration
import FanOut
import Foundation
import Policy
import Testing

/// `deploy/CONFIGURATION.md`, held against the readers that it describes.
@Suite struct ReferenceTests {
    private static func reference() throws -> String { try Repository.text("deploy/CONFIGURATION.md") }

    // MARK: Examples

    @Test(
        "every example of the reference and the README is a whole configuration without a warning",
        arguments: [
            ("deploy/CONFIGURATION.md", 10), ("README.md", 1),
        ])
    func examples(path: String, atLeast: Int) throws {
        let blocks = try Repository.text(path).components(separatedBy: "```yaml\n").dropFirst()
        #expect(blocks.count >= atLeast)
        for block in blocks {
            let text = try #require(block.components(separatedBy: "```\n").first)
            #expect(errors(text, files: .ofExamples) == [], "\(text)")
            #expect(try warnings(text, files: .ofExamples) == [], "\(text)")
        }
    }

    @Test("the example of shaping is what shaping does")
    func shaping() throws {
        let chapter = try #require(try Self.reference().components(separatedBy: "\n## Shaping\n").dropFirst().first)
        let pieces = chapter.components(separatedBy: "```")
        try #require(pieces.count > 2)
        let shape = firstFanOut(of: try #require(loaded(String(pieces[1].dropFirst("yaml".count)))))?.calls[0].accepted
            .shape
        let texts = pieces[2].split(separator: "\n").filter { $0.hasPrefix("    ") }.map { $0.dropFirst(4) }
        try #require(texts.count == 2)
        let shaped = try #require(shape?.apply(to: Array(texts[0].utf8)))
        #expect(String(decoding: shaped, as: UTF8.self) == texts[1])
    }

    // MARK: Keys

    /// Nothing that a reader knows, and near to nothing that one does, so that the answer is the list of all.
    private static let unknown = "zzzzzzzzzzzz"

    /// A chapter of the reference, and what is around its keys in a file.
    private struct Chapter {
        var title: String
        var before: String
        var after: String
        /// What the chapter calls the mapping that they stand in; empty for that of the chapter itself.
        var prefix = ""
    }

    private static let chapters = [
        Chapter(title: "The file", before: "{ ", after: " }"),
        Chapter(title: "Upstreams", before: "{ upstreams: { u: { ", after: " } } }"),
        Chapter(title: "Upstreams", before: "{ upstreams: { u: { servers: [{ ", after: " }] } } }", prefix: "servers."),
        Chapter(title: "Routes", before: "{ routes: [{ ", after: " }] }"),
        Chapter(title: "Routes", before: "{ routes: [{ auth: { jwt: { ", after: " } } }] }", prefix: "jwt."),
        Chapter(title: "Calls", before: "{ routes: [{ path: /, fan_out: [{ ", after: " }] }] }"),
    ]

    /// The keys that the reader of a place knows: what it says when it meets an unknown one there.
    private static func keys(_ before: String, _ after: String) -> [String] {
        let found = errors("\(before)\(unknown): 1\(after)").first { $0.contains("unknown key '\(unknown)'") }
        guard let list = found?.components(separatedBy: "; known keys are ").dropFirst().first else { return [] }
        return list.components(separatedBy: ", ")
    }

    /// The keys of a chapter's mapping and of those in it, as `keepalive.idle`.
    private static func known(in chapter: Chapter) -> [String] {
        keys(chapter.before, chapter.after).flatMap { key in
            [key] + keys("\(chapter.before)\(key): { ", " }\(chapter.after)").map { "\(key).\($0)" }
        }.map { chapter.prefix + $0 }
    }

    /// The keys that have a row in a table of a chapter, in backquotes.
    private static func rows(of title: String, in reference: String) throws -> [String] {
        let chapters = reference.components(separatedBy: "\n## ")
        let chapter = try #require(chapters.first { $0.hasPrefix("\(title)\n") }, "no chapter '\(title)'")
        return chapter.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { row in
            String(row.dropFirst(3).prefix { $0 != "`" })
        }
    }

    @Test("each key that a reader knows has one row in the reference, and each row is about such a key")
    func rows() throws {
        let reference = try Self.reference()
        for title in ["The file", "Upstreams", "Routes", "Calls"] {
            let known = Self.chapters.filter { $0.title == title }.flatMap(Self.known)
            let rows = try Self.rows(of: title, in: reference)
            #expect(known.count > 10)
            #expect(Set(known).subtracting(rows) == [], "keys without a row in '\(title)'")
            #expect(Set(rows).subtracting(known) == [], "rows of '\(title)' without a key")
            #expect(Set(rows).count == rows.count, "rows that are there twice in '\(title)'")
        }
    }

    @Test("each key stands in an example of the reference, and so in a file that is checked")
    func keysInExamples() throws {
        let blocks = try Self.reference().components(separatedBy: "```yaml\n").dropFirst()
        let words = blocks.compactMap { $0.components(separatedBy: "```").first }.joined(separator: "\n")
            .split { " \n#{[,".contains($0) }
        let keys = Set(words.filter { $0.hasSuffix(":") }.map { $0.dropLast() })
        let known = Self.chapters.flatMap(Self.known).compactMap { $0.split(separator: ".").last }
        #expect(Set(known).subtracting(keys) == [], "keys without an example")
    }

    @Test("the sample shows each key that the reference has")
    func sample() throws {
        let sample = try Repository.text("deploy/gatewayd.yaml")
        let words = sample.split { " \n#{[,".contains($0) }
        let keys = Set(words.filter { $0.hasSuffix(":") }.map { $0.dropLast() })
        let known = Self.chapters.flatMap(Self.known).compactMap { $0.split(separator: ".").last }
        #expect(Set(known).subtracting(keys) == [], "keys that deploy/gatewayd.yaml does not show")
    }
}
