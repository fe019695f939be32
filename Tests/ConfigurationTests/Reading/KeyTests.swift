import Access
import FanOut
import Foundation
import Testing

@testable import Configuration

/// The rows of keys, held against what is made of them.
@Suite struct KeyTests {
    /// Rows as the reference has them: `| key | value | default | is |`.
    private static func lines(_ rows: [KeyRow], _ prefix: String = "", without hidden: Set<String>) -> [String] {
        rows.flatMap { row in
            let name = prefix + row.name
            let standard = row.standard.said.isEmpty ? "" : "\(row.standard.said) "
            let line = "| `\(name)` | \(row.form.type) | \(standard)| \(row.help) |"
            if hidden.contains(name) { return [line] }
            switch row.form.inside {
            case .section(let rows), .elements(let rows): return [line] + lines(rows, name + ".", without: hidden)
            case .nothing, .values, .secrets: return [line]
            }
        }
    }

    /// What the reference shows elsewhere, or in one row.
    private static let hidden: Set = ["upstreams", "routes", "fan_out", "auth.jwt", "auth.api_keys"]

    @Test(
        "the tables of the reference are the rows of the keys",
        arguments: [
            ("The file", lines(Configuration.keys.map(\.row), without: hidden)),
            ("Upstreams", lines(Upstream.keys.map(\.row), without: hidden)),
            ("Routes", lines(RouteDraft.rows + jwt, without: hidden)),
            ("Calls", lines(CallScope.rows, without: hidden)),
        ])
    func reference(chapter: String, rows: [String]) throws {
        let text = try Repository.text("deploy/CONFIGURATION.md")
        let part = try #require(text.components(separatedBy: "\n## ").first { $0.hasPrefix("\(chapter)\n") })
        let written = part.split(separator: "\n").map(String.init).filter { $0.hasPrefix("| `") }
        #expect(rows.filter { !written.contains($0) } == [], "rows that the reference does not have")
        #expect(written.filter { !rows.contains($0) } == [], "lines of the reference that no row makes")
    }

    private static let jwt = [KeyRow("jwt", .section(TokenRule.rows), .said(""), "")].flatMap { row -> [KeyRow] in
        // The table of tokens is of what is in `jwt`, and names it without `auth`.
        guard case .section(let rows) = row.form.inside else { return [] }
        return rows.map { renamed($0, "jwt.") }
    }

    private static func renamed(_ row: KeyRow, _ prefix: String) -> KeyRow {
        KeyRow(prefix + row.name, row.form, row.standard, row.help)
    }

    @Test("a key that a reload does not change is one whose change Supervision warns of")
    func needsRestart() {
        let fixed = Configuration.keys.filter { $0.row.obeys == .supervisorUntilRestart }.map(\.name)
        #expect(fixed == ["admin", "control"])
    }

    @Test("every key of the file says who obeys it")
    func obeys() {
        #expect(Configuration.keys.filter { $0.row.obeys == nil }.map(\.name) == [])
    }

    // MARK: The effective configuration

    private static func documents() throws -> [String] {
        let reference = try Repository.text("deploy/CONFIGURATION.md").components(separatedBy: "```yaml\n").dropFirst()
        return [try Repository.text("deploy/gatewayd.yaml")]
            + reference.compactMap { $0.components(separatedBy: "```\n").first }
    }

    @Test("the effective configuration reads back to an equal one, without a warning, and to itself")
    func effective() throws {
        for text in try Self.documents() {
            let first = try ConfigurationText(text.utf8, path: "f", environment: [:], files: .ofExamples)
            let effective = try first.effective()
            let second = try ConfigurationText(effective.utf8, path: "f", environment: [:], files: .ofExamples)
            #expect(second.warnings == [], "\(effective)")
            #expect(dumped(first.configuration) == dumped(second.configuration), "\(effective)")
            #expect(first.configuration.upstreams == second.configuration.upstreams)
            #expect(try second.effective() == effective)
        }
    }

    @Test("the effective configuration has every default of what is there")
    func fillsDefaults() throws {
        let text = try ConfigurationText(someRoutes.utf8, path: "f", environment: [:]).effective()
        for line in [
            "listen: 127.0.0.1:8080", "workers: auto", "access_log: true", "drain: 30s", "  backoff: 100ms",
            "  header_bytes: 32KiB", "  adaptive: false", "  timeout: 5s", "  - GET", "  timeout: 2s",
            "    required: false", "    as: json",
        ] {
            #expect("\n\(text)".contains("\n\(line)\n"), "\(line) is not in\n\(text)")
        }
        #expect(!text.contains("on_conflict") && !text.contains("upstreams") && !text.contains("tls"))
    }

    @Test("the effective configuration shows no secret, and says where those come from that are not in the file")
    func masks() throws {
        let files = SecretFiles { _ in .success(Array("from-a-file".utf8)) }
        let text = """
            tracing:
              endpoint: http://127.0.0.1:4318/v1/traces
              headers: { A: in-the-file, B: "file:/run/${NAME}", C: "Bearer ${TOKEN}" }
            routes:
              - path: /
                fan_out:
                  - name: a
                    url: "http://127.0.0.1:1/${NAME}"
                    headers: { Authorization: in-the-file, X-Source: shown, X-Api-Key: "${TOKEN}", Cookie: "{request.id}" }
            """
        let environment = ["TOKEN": "from-outside", "NAME": "key"]
        let effective = try ConfigurationText(text.utf8, path: "f", environment: environment, files: files).effective()
        for secret in ["in-the-file", "from-a-file", "from-outside"] {
            #expect(!effective.contains(secret), "\(effective)")
        }
        for shown in [
            #"A: "***""#, #"B: "file:/run/${NAME}""#, #"C: "Bearer ${TOKEN}""#, #"Authorization: "***""#,
            "X-Source: shown", #"X-Api-Key: "${TOKEN}""#, #"Cookie: "{request.id}""#, "http://127.0.0.1:1/key",
        ] {
            #expect(effective.contains(shown), "\(shown) is not in\n\(effective)")
        }
        #expect(throws: Never.self) {
            try ConfigurationText(effective.utf8, path: "f", environment: environment, files: files)
        }
    }

    @Test(
        "values keep their type in the effective configuration",
        arguments: [
            "null", "true", #""true""#, "1.50", #""1.50""#, "''", #""$${X}""#, "[1, {a: ~}]", #""a: b""#,
            #""\u00e9\n""#,
            "'<<'", #"{"<<": 1, "a b": "file", "": ' x '}"#,
        ])
    func keepsTypes(value: String) throws {
        let text = "routes: [{ path: /, fan_out: [{ name: a, url: 'http://h/', fallback: \(value) }] }]"
        let first = try ConfigurationText(text.utf8, path: "f", environment: [:])
        let effective = try first.effective()
        let second = try ConfigurationText(effective.utf8, path: "f", environment: [:])
        let fallbacks = [first, second].map { firstFanOut(of: $0.configuration)?.calls[0].fallback }
        #expect(fallbacks[0] != nil && fallbacks[0] == fallbacks[1], "\(effective)")
    }
}

/// The values that a configuration has at its leaves, in an order of their own, since sets and dictionaries have none.
private func dumped(_ configuration: Configuration) -> [Substring] {
    var text = ""
    dump(configuration, to: &text)
    return text.split(separator: "\n").filter { !$0.contains("(") && !$0.contains("#") }
        .map { $0.drop { $0 == " " } }.sorted()
}
