package import Base

/// Calls on the loop at a time, once for each time that it is set.
@LoopActor
package final class LoopTimer {
    private let action: @LoopActor () -> Void
    /// Its place in the heap, nil while it is not set.
    fileprivate var place: Int?
    fileprivate var deadline = MonotonicTime(nanoseconds: 0)

    package init(_ action: @escaping @LoopActor () -> Void) {
        self.action = action
    }

    /// When it will call; nil while it is not set.
    package var isSetTo: MonotonicTime? { place == nil ? nil : deadline }

    /// Has it call then, and not when it was set to before; the loop keeps it until it has.
    package func set(_ deadline: MonotonicTime) {
        self.deadline = deadline
        TimerHeap.shared.place(self)
    }

    /// Has it call then, unless it is set to an earlier time.
    package func setEarlier(_ deadline: MonotonicTime) {
        if place == nil || deadline < self.deadline { set(deadline) }
    }

    /// Has it not call.
    package func cancel() {
        if place != nil { TimerHeap.shared.remove(self) }
    }

    /// Calls once, then.
    package static func once(at deadline: MonotonicTime, _ action: @escaping @LoopActor () -> Void) {
        LoopTimer(action).set(deadline)
    }

    fileprivate func fire() {
        action()
    }
}

/// All timers that are set, the next one first: a binary heap in which each timer knows its place, so that one can be moved
/// or taken out without a search.
@LoopActor
final class TimerHeap {
    static let shared = TimerHeap()

    private var timers: [LoopTimer] = []
    /// The time whose timers are being called; nil when none are.
    private var calling: MonotonicTime?

    var next: MonotonicTime? { timers.first?.deadline }

    /// Calls those that are due, and none of those that they set anew, to whatever time.
    func fire(at now: MonotonicTime) {
        calling = now
        defer { calling = nil }
        while let first = timers.first, first.deadline <= now {
            remove(first)
            first.fire()
        }
    }

    fileprivate func place(_ timer: LoopTimer) {
        // One that sets itself to a time that is over must keep neither the loop nor the timers behind it waiting.
        if let calling, timer.deadline <= calling { timer.deadline = calling + .nanoseconds(1) }
        let place = timer.place ?? timers.count
        if timer.place == nil { timers.append(timer) }
        settle(timer, at: place)
    }

    fileprivate func remove(_ timer: LoopTimer) {
        guard let place = timer.place else { return }
        timer.place = nil
        let last = timers.removeLast()
        if last !== timer { settle(last, at: place) }
    }

    /// Finds the place of a timer from one that is free for it, up or down the heap.
    private func settle(_ timer: LoopTimer, at start: Int) {
        var place = start
        while place > 0, timer.deadline < timers[(place - 1) / 2].deadline {
            put(timers[(place - 1) / 2], at: place)
            place = (place - 1) / 2
        }
        if place == start {
            while true {
                var child = 2 * place + 1
                if child + 1 < timers.count, timers[child + 1].deadline < timers[child].deadline { child += 1 }
                guard child < timers.count, timers[child].deadline < timer.deadline else { break }
                put(timers[child], at: place)
                place = child
            }
        }
        put(timer, at: place)
    }

    private func put(_ timer: LoopTimer, at place: Int) {
        timers[place] = timer
        timer.place = place
    }
}
