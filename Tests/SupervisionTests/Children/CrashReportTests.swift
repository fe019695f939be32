import JSON
import Testing

@testable import Supervision

/// What is made of a worker's death.
@Suite struct CrashReportTests {
    private static func report(requests: Int, name: String, words: String) -> CrashReport {
        CrashReport(
            at: "2026-11-25T23:00:00.000Z", worker: .init(slot: 63, pid: .max, generation: .max),
            reason: "signal SIGSEGV",
            left: .init(
                count: 1_000_000,
                requests: (0..<requests).map { _ in
                    .init(route: name, age: .seconds(1_000_000), id: name, openCalls: [name, name, name, name, name])
                }), words: words, suspect: name)
    }

    @Test("a report is JSON of at most the bytes that there is room for, whatever it is made of")
    func bounded() throws {
        for name in [String(repeating: "n", count: 500), String(repeating: "\"", count: 500), "\u{1}\n\u{0}", "ü", ""] {
            for words in [String(repeating: "\u{1}", count: 5_000), "a line\nand \"another\"\u{7F}\u{1B}[31m", ""] {
                for requests in [0, 1, 100] {
                    let json = Array(Self.report(requests: requests, name: name, words: words).json.utf8)
                    #expect(json.count <= 3_072, "\(json.count)")
                    #expect(JSONObject(json) != nil)
                }
            }
        }
    }
}
