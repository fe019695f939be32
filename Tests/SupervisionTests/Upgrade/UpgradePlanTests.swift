import Base
import Testing

@testable import Supervision

/// A plan with a clock of its own.
private struct Bench {
    var plan = UpgradePlan()
    var now = MonotonicTime(nanoseconds: 1_000_000_000_000)

    mutating func send(_ event: UpgradePlan.Event, after wait: Duration = .zero) -> UpgradePlan.Action? {
        now = now + wait
        return plan.handle(event, at: now)
    }

    /// The rehearsal goes on.
    static func rehearsing() -> Bench {
        var bench = Bench()
        #expect(bench.send(.request) == .announce)
        #expect(bench.send(.tick(isQuiet: true)) == .rehearse)
        #expect(bench.send(.rehearsing) == nil)
        return bench
    }
}

@Suite struct UpgradePlanTests {
    @Test("the new program rehearses in a quiet moment and takes over in the next one")
    func takesOver() {
        var bench = Bench()
        #expect(bench.plan.deadline == nil)
        #expect(bench.send(.tick(isQuiet: true)) == nil, "nobody asked for it")
        #expect(bench.send(.request) == .announce)
        #expect(bench.send(.tick(isQuiet: false), after: .seconds(59)) == nil)
        #expect(bench.send(.tick(isQuiet: true)) == .rehearse)
        #expect(bench.send(.rehearsing) == nil)
        #expect(bench.plan.deadline == bench.now + .seconds(10))
        #expect(bench.send(.tick(isQuiet: true), after: .seconds(9)) == nil)
        #expect(bench.send(.rehearsed(isFit: true, ended: "exit 0")) == nil)
        #expect(bench.send(.tick(isQuiet: false), after: .seconds(59)) == nil)
        #expect(bench.send(.tick(isQuiet: true)) == .takeOver)
        #expect(bench.send(.failed("cannot run it")) == .refuse("cannot run it"))
        #expect(bench.plan.deadline == nil)
        #expect(bench.send(.request) == .announce, "it can be asked for again")
    }

    @Test("a further request changes nothing")
    func further() {
        var bench = Bench()
        #expect(bench.send(.request) == .announce)
        let deadline = bench.plan.deadline
        #expect(bench.send(.request, after: .seconds(1)) == nil)
        #expect(bench.plan.deadline == deadline)
        var rehearsing = Bench.rehearsing()
        #expect(rehearsing.send(.request) == nil)
        #expect(rehearsing.send(.rehearsed(isFit: true, ended: "exit 0")) == nil)
        #expect(rehearsing.send(.request) == nil)
        #expect(rehearsing.send(.tick(isQuiet: true)) == .takeOver)
    }

    @Test("a program that cannot start, or does not show in time that it can, is refused")
    func unfit() {
        var unfit = Bench.rehearsing()
        #expect(
            unfit.send(.rehearsed(isFit: false, ended: "exit 78"))
                == .refuse("the new program cannot start: exit 78; the log has its words"))
        var late = Bench.rehearsing()
        #expect(late.send(.tick(isQuiet: true), after: .milliseconds(9_999)) == nil)
        #expect(
            late.send(.tick(isQuiet: true), after: .milliseconds(1))
                == .refuse("the new program did not show within 10.0 seconds that it can start"))
        #expect(late.send(.rehearsed(isFit: true, ended: "exit 0")) == nil, "it was killed")
        #expect(late.plan.deadline == nil)
    }

    @Test("it does not wait for ever for workers that come and go")
    func neverQuiet() {
        var waiting = Bench()
        #expect(waiting.send(.request) == .announce)
        #expect(waiting.send(.tick(isQuiet: false), after: .seconds(60)) == .refuse("workers still come or go"))
        var rehearsed = Bench.rehearsing()
        #expect(rehearsed.send(.rehearsed(isFit: true, ended: "exit 0")) == nil)
        #expect(rehearsed.send(.tick(isQuiet: false), after: .seconds(60)) == .refuse("workers still come or go"))
    }
}
