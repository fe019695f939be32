import Base
import Testing

@testable import Supervision

@Suite struct HeartbeatCheckTests {
    private let start = MonotonicTime(nanoseconds: 5_000_000_000)

    @Test("it is due every second, or every quarter of a shorter limit")
    func interval() {
        for (stale, wait) in [
            (Duration.seconds(10), Duration.seconds(1)), (.seconds(4), .seconds(1)), (.seconds(2), .milliseconds(500)),
            (.milliseconds(200), .milliseconds(50)),
        ] {
            var check = HeartbeatCheck(at: start)
            #expect(check.isDue(stale: stale, at: start) == true)
            #expect(check.deadline == start + wait)
            #expect(check.isDue(stale: stale, at: start + (wait - .nanoseconds(1))) == false)
            #expect(check.isDue(stale: stale, at: start + wait) == true)
        }
    }

    @Test("a supervisor that slept gives the workers one more interval")
    func asleep() {
        var check = HeartbeatCheck(at: start)
        #expect(check.isDue(stale: .seconds(10), at: start) == true)
        let woken = start + .seconds(1) + .milliseconds(5_001)
        #expect(check.isDue(stale: .seconds(10), at: woken) == false)
        #expect(check.deadline == woken + .seconds(1))
        #expect(
            check.isDue(stale: .seconds(10), at: woken + .seconds(6)) == true,
            "not quite asleep: half of the limit at most")
    }
}
