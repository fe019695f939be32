import Base
import Testing

@testable import Supervision

@Suite struct CrashSuspectTests {
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
