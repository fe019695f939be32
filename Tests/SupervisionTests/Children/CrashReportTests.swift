import Base
import FanOut
import Testing

@testable import Supervision

/// What is made of a worker's death.
@Suite struct CrashTests {
    private static func report(requests: Int, name: String, words: String) -> CrashReport {
        CrashReport(
            at: "2026-11-25T23:00:00.000Z", slot: 63, pid: .max, generation: .max, reason: "signal SIGSEGV",
            inFlight: 1_000_000,
            requests: (0..<requests).map { _ in
                .init(route: name, age: .seconds(1_000_000), id: name, openCalls: [name, name, name, name, name])
            }, words: words, suspect: name)
    }

    @Test("a report is JSON of at most the bytes that there is room for, whatever it is made of")
    func bounded() throws {
        for name in [String(repeating: "n", count: 500), String(repeating: "\"", count: 500), "\u{1}\n\u{0}", "ü", ""] {
            for words in [String(repeating: "\u{1}", count: 5_000), "a line\nand \"another\"\u{7F}\u{1B}[31m", ""] {
                for requests in [0, 1, 100] {
                    let json = Array(Self.report(requests: requests, name: name, words: words).json.utf8)
                    #expect(json.count <= 3_072, "\(json.count)")
                    #expect(Part(json, as: .json, needsObject: true) != nil)
                }
            }
        }
    }

    @Test("the only route that was in flight at three crashes running is the suspect")
    func suspect() {
        var suspect = CrashSuspect()
        #expect(suspect.note(["/a", "/b"], at: .seconds(1)) == nil)
        #expect(suspect.note(["/a"], at: .seconds(2)) == nil)
        #expect(suspect.note(["/a", "/c"], at: .seconds(3)) == "/a")
        #expect(suspect.note(["/c", "/b"], at: .seconds(4)) == nil, "it was not there this time")
    }

    @Test("two routes that were always there are no suspects, nor is one of long ago")
    func noSuspect() {
        var suspect = CrashSuspect()
        for second in 1...5 { #expect(suspect.note(["/a", "/b"], at: .seconds(UInt64(second))) == nil) }
        var late = CrashSuspect()
        for second in [1, 700, 1_400, 2_100] { #expect(late.note(["/a"], at: .seconds(UInt64(second))) == nil) }
        #expect(late.note([], at: .seconds(2_101)) == nil)
    }
}

extension MonotonicTime {
    fileprivate static func seconds(_ seconds: UInt64) -> MonotonicTime {
        MonotonicTime(nanoseconds: seconds * 1_000_000_000)
    }
}
