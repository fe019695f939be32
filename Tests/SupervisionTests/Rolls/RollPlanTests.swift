import Base
import Testing

@testable import Supervision

@Suite struct RollPlanTests {
    private let start = MonotonicTime(nanoseconds: 7_000_000_000)

    /// A plan that has begun.
    private func begun(_ slots: [Int], canary: Duration = .seconds(1)) -> RollPlan {
        var plan = RollPlan(slots: slots, canary: canary)
        #expect(plan.begin(at: start) == .start([slots[0]]))
        return plan
    }

    @Test("the others follow when the first is ready, has answered its probe and has lived long enough")
    func canaryThenRest() {
        var plan = begun([0, 1, 2])
        #expect(plan.handle(.probed(slot: 0, status: 404), at: start) == nil)
        #expect(plan.handle(.ready(slot: 0), at: start + .milliseconds(50)) == nil)
        #expect(plan.deadline == start + .milliseconds(1_050))
        #expect(plan.handle(.tick, at: start + .milliseconds(1_049)) == nil)
        let later = start + .milliseconds(1_050)
        #expect(plan.handle(.tick, at: later) == .start([1, 2]))
        #expect(plan.handle(.ready(slot: 2), at: later) == nil)
        #expect(plan.handle(.probed(slot: 2, status: 200), at: later) == nil)
        #expect(plan.handle(.probed(slot: 1, status: 200), at: later) == nil)
        #expect(plan.handle(.ready(slot: 1), at: later) == .switchOver)
        #expect(plan.deadline == nil)
        #expect(plan.handle(.ended(slot: 1, reason: "exit 1"), at: later) == nil, "it is over")
    }

    @Test("with one slot and no time to live, fit is enough")
    func single() {
        var plan = begun([5], canary: .zero)
        #expect(plan.handle(.ready(slot: 5), at: start) == nil)
        #expect(plan.handle(.probed(slot: 5, status: 200), at: start) == .switchOver)
    }

    @Test("a canary that outlives its time waits for its probe, and nothing is due before that is late")
    func slowProbe() {
        var plan = begun([0, 1])
        #expect(plan.handle(.ready(slot: 0), at: start) == nil)
        #expect(plan.handle(.tick, at: start + .seconds(5)) == nil)
        #expect(plan.deadline == start + SupervisionLimits.probe)
        #expect(plan.handle(.probed(slot: 0, status: 200), at: start + .seconds(6)) == .start([1]))
    }

    @Test(
        "whatever goes wrong with a new worker, the old ones stay",
        arguments: [
            (RollPlan.Event.ended(slot: 0, reason: "exit 78"), "the new worker 0 ended before it was ready: exit 78"),
            (.probed(slot: 0, status: 502), "the new worker 0 answered its probe with 502"),
        ])
    func failure(event: RollPlan.Event, reason: String) {
        var plan = begun([0, 1])
        #expect(plan.handle(event, at: start) == .giveUp(reason: reason))
        #expect(plan.handle(.ready(slot: 0), at: start) == nil)
        #expect(plan.deadline == nil)
    }

    @Test("a canary that dies while it is watched ends the roll, and so does any of the others")
    func deaths() {
        var plan = begun([0, 1])
        #expect(plan.handle(.ready(slot: 0), at: start) == nil)
        #expect(plan.handle(.probed(slot: 0, status: 200), at: start) == nil)
        var other = plan
        #expect(
            plan.handle(.ended(slot: 0, reason: "signal SIGSEGV"), at: start)
                == .giveUp(reason: "the new worker 0 ended soon after it was ready: signal SIGSEGV"))
        #expect(other.handle(.tick, at: start + .seconds(1)) == .start([1]))
        #expect(
            other.handle(.ended(slot: 1, reason: "exit 70"), at: start + .seconds(1))
                == .giveUp(reason: "the new worker 1 ended before it was ready: exit 70"))
    }

    @Test("who is not fit in time ends the roll")
    func late() {
        var plan = begun([3])
        #expect(plan.deadline == start + .seconds(20))
        #expect(
            plan.handle(.tick, at: start + .seconds(20)) == .giveUp(reason: "the new worker 3 was not ready within 20s")
        )
        var silent = begun([3])
        #expect(silent.handle(.ready(slot: 3), at: start) == nil)
        #expect(
            silent.handle(.tick, at: start + .seconds(20))
                == .giveUp(reason: "the new worker 3 did not answer its probe within 20s"))
    }

    @Test("what workers that are not on trial do is no matter of the plan's")
    func strangers() {
        var plan = begun([0, 1])
        #expect(plan.handle(.ready(slot: 1), at: start) == nil)
        #expect(plan.handle(.probed(slot: 9, status: 500), at: start) == nil)
        #expect(plan.handle(.ended(slot: 1, reason: "exit 1"), at: start) == nil)
        #expect(plan.deadline == start + SupervisionLimits.probe)
    }
}
