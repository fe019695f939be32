import Base
import Configuration
import Testing

@testable import Supervision

@Suite struct RestartPolicyTests {
    private func policy(_ change: (inout RestartSettings) -> Void = { _ in }) -> RestartPolicy {
        var settings = RestartSettings()
        change(&settings)
        return RestartPolicy(settings)
    }

    private func at(_ seconds: UInt64) -> MonotonicTime { MonotonicTime(nanoseconds: seconds * 1_000_000_000) }

    /// The longest wait that jitter can give.
    private let most = 1.0.nextDown

    @Test("the wait doubles up to its limit")
    func waitDoubles() {
        var policy = policy { $0.intensity = 1_000 }
        var waits: [Duration] = []
        for death in 0..<10 {
            guard case .restart(let wait) = policy.died(at: at(UInt64(death)), uptime: .zero, jitter: most) else {
                return
            }
            waits.append(wait)
        }
        let expected: [Int64] = [100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 15_000, 15_000]
        for (wait, milliseconds) in zip(waits, expected) {
            #expect(wait <= .milliseconds(milliseconds) && wait > .milliseconds(milliseconds) * 0.999)
        }
        #expect(waits.count == expected.count)
    }

    @Test("jitter halves the wait at most")
    func jitterHalves() {
        var first = policy()
        #expect(first.died(at: at(0), uptime: .zero, jitter: 0) == .restart(after: .milliseconds(50)))
        var second = policy()
        #expect(second.died(at: at(0), uptime: .zero, jitter: 0.5) == .restart(after: .milliseconds(75)))
    }

    @Test("who lived long enough is restarted at once and starts the row anew")
    func livedLong() {
        var policy = policy()
        for death in 0..<4 { _ = policy.died(at: at(UInt64(death)), uptime: .zero, jitter: 0) }
        #expect(policy.died(at: at(40), uptime: .seconds(30), jitter: 0) == .restart(after: .zero))
        #expect(policy.died(at: at(41), uptime: .seconds(1), jitter: 0) == .restart(after: .milliseconds(50)))
    }

    @Test("ten deaths in a minute hold the slot")
    func tenDeaths() {
        var policy = policy()
        for death in 0..<9 {
            guard case .restart = policy.died(at: at(UInt64(death * 6)), uptime: .seconds(5), jitter: 0) else {
                Issue.record("held after \(death + 1) deaths")
                return
            }
        }
        #expect(policy.died(at: at(59), uptime: .seconds(5), jitter: 0) == .hold(for: .seconds(60)))
    }

    @Test("deaths that lie further back than the period do not count")
    func deathsLie() {
        var policy = policy()
        for death in 0..<100 {
            guard case .restart = policy.died(at: at(UInt64(death * 7)), uptime: .zero, jitter: 0) else {
                Issue.record("held after \(death + 1) deaths, seven seconds apart")
                return
            }
        }
    }

    @Test("after a hold the record is clean")
    func afterHold() {
        var policy = policy { $0.intensity = 2 }
        _ = policy.died(at: at(0), uptime: .zero, jitter: 0)
        #expect(policy.died(at: at(1), uptime: .zero, jitter: 0) == .hold(for: .seconds(60)))
        #expect(policy.died(at: at(2), uptime: .zero, jitter: 0) == .restart(after: .milliseconds(50)))
    }

    @Test("no row of deaths overflows")
    func rowDeaths() {
        var policy = policy { $0.intensity = 1_000 }
        for death in 0..<500 {
            guard case .restart(let wait) = policy.died(at: at(UInt64(death)), uptime: .zero, jitter: most) else {
                return
            }
            #expect(wait <= .seconds(15))
        }
    }
}
