import Base
import Loop
import Processes
import Testing

/// The order of timers.
///
/// Their times are over already, so that all of them call in the loop's next turn.
@Suite struct LoopTimerTests {
    /// Lets the loop go through one whole turn, in which it first calls the timers that are due.
    private func turn() async {
        await withCheckedContinuation { done in LoopActor.execute { done.resume() } }
    }

    /// Timers by number, and the numbers in the order in which they called.
    @LoopActor
    private final class Calls {
        private(set) var called: [Int] = []
        private(set) var timers: [LoopTimer] = []

        init(_ count: Int) {
            timers = (0..<count).map { number in LoopTimer { [unowned self] in called.append(number) } }
        }

        func removeAll() { called = [] }
    }

    @Test("timers that were set, moved and cancelled at random call in the order of their times, each once")
    @LoopActor
    func order() async {
        var random = SystemRandomNumberGenerator()
        let past = MonotonicTime(nanoseconds: 1_000)
        for _ in 0..<50 {
            let calls = Calls(100)
            var model: [Int: UInt64] = [:]
            for _ in 0..<Int.random(in: 1...500, using: &random) {
                let number = Int.random(in: 0..<100, using: &random)
                // Times differ: the order of two at the same time is nobody's business.
                let time = UInt64.random(in: 0..<1_000_000, using: &random) * 100 + UInt64(number)
                let deadline = MonotonicTime(nanoseconds: past.nanoseconds + time)
                switch Int.random(in: 0..<4, using: &random) {
                case 0:
                    calls.timers[number].cancel()
                    model[number] = nil
                case 1:
                    calls.timers[number].setEarlier(deadline)
                    model[number] = min(model[number] ?? .max, time)
                default:
                    calls.timers[number].set(deadline)
                    model[number] = time
                }
            }
            for (number, timer) in calls.timers.enumerated() {
                let time = model[number].map { MonotonicTime(nanoseconds: past.nanoseconds + $0) }
                #expect(timer.isSetTo == time)
            }
            await turn()
            #expect(calls.called == model.sorted { $0.value < $1.value }.map(\.key))
            #expect(calls.timers.allSatisfy { $0.isSetTo == nil })
        }
    }

    @Test("a timer that is not due does not call, and can be moved to call at once or taken away")
    @LoopActor
    func notDue() async {
        let calls = Calls(3)
        let later = MonotonicTime.now() + .seconds(3_600)
        for timer in calls.timers { timer.set(later) }
        await turn()
        #expect(calls.called.isEmpty)
        #expect(calls.timers.allSatisfy { $0.isSetTo == later })
        calls.timers[1].setEarlier(later + .seconds(1))
        #expect(calls.timers[1].isSetTo == later)
        calls.timers[1].setEarlier(.now())
        calls.timers[2].cancel()
        calls.timers[2].cancel()
        await turn()
        #expect(calls.called == [1])
        #expect(calls.timers[0].isSetTo == later)
        calls.timers[0].cancel()
    }

    @Test("a timer may cancel another that is due with it, and set itself and others")
    @LoopActor
    func changesWhileCalling() async {
        var called: [String] = []
        let start = MonotonicTime.now()
        let cancelled = LoopTimer { called.append("cancelled") }
        let other = LoopTimer { called.append("other") }
        cancelled.set(start)
        let first = LoopTimer {
            called.append("first")
            cancelled.cancel()
            other.set(MonotonicTime(nanoseconds: 3))
        }
        first.set(MonotonicTime(nanoseconds: 2))
        await turn()
        await turn()
        #expect(called == ["first", "other"])
    }

    @Test("a timer that sets itself to a time that is over calls again, and keeps the loop from nothing else")
    @LoopActor
    func alwaysDue() async {
        var count = 0
        let timer = Repeating { count += 1 }
        timer.start()
        for _ in 0..<10 { await turn() }
        timer.stop()
        #expect(count >= 10)
    }

    /// Is always due.
    @LoopActor
    private final class Repeating {
        private let action: () -> Void
        private lazy var timer = LoopTimer { [unowned self] in
            action()
            start()
        }

        init(_ action: @escaping () -> Void) { self.action = action }

        func start() { timer.set(MonotonicTime(nanoseconds: 1)) }

        func stop() { timer.cancel() }
    }

    @Test("a timer for once is kept by the loop, calls once, and not before its time")
    @LoopActor
    func once() async {
        let deadline = MonotonicTime.now() + .milliseconds(3)
        let time = await withCheckedContinuation { done in
            LoopTimer.once(at: deadline) { done.resume(returning: MonotonicTime.now()) }
        }
        #expect(time >= deadline)
    }
}
