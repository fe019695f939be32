import Base
import DequeModule
import Loop
import Processes

/// A call of which a copy may go out.
@LoopActor
protocol HedgedCall: AnyObject {
    /// It has waited so long for its answer that a copy is due.
    func hedge()
}

/// Calls in the order in which their copies become due.
@LoopActor
final class HedgeLine {
    /// Time between two looks at least, by which a copy may be late: one for each call would cost more than the line.
    private static let interval = Duration.microseconds(500)

    private var waiting = Deque<(due: MonotonicTime, call: any HedgedCall)>()
    private lazy var timer = LoopTimer { [unowned self] in tick() }

    nonisolated init() {}

    func add(_ call: any HedgedCall, at due: MonotonicTime) {
        // A percentile moves: one that is due a little earlier than the one before it waits for that.
        waiting.append((due, call))
        if waiting.count == 1 { timer.set(due) }
    }

    private func tick() {
        let now = MonotonicTime.now()
        while let first = waiting.first, first.due <= now {
            waiting.removeFirst()
            first.call.hedge()
        }
        if let first = waiting.first { timer.set(max(first.due, now + Self.interval)) }
    }
}
