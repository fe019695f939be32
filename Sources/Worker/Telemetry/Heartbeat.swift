import Base
import Loop
import Processes
import Scoreboard

/// Shows that the event loop turns, and how late it is: a timer on the loop itself.
@LoopActor
final class Heartbeat {
    /// Often enough to see a stall of tens of milliseconds, and next to nothing to do.
    private static let interval = Duration.milliseconds(100)

    private let counters: WorkerCounters
    private var due = MonotonicTime.now()

    init(_ counters: WorkerCounters) {
        self.counters = counters
    }

    /// Beats from now on until the process ends.
    func start() {
        beat()
    }

    private func beat() {
        let now = MonotonicTime.now()
        counters.heartbeat(at: now)
        counters.loopLag(now.since(due))
        due = now + Self.interval
        LoopTimer.once(at: due) { [self] in beat() }
    }
}
