import Base
import Configuration
import Processes

/// One process and its place: a row of a worker's slot, the admin process or a companion.
final class Child {
    let role: ChildRole
    var slot: ChildSlot
    /// What it was started for, and is started again for when it dies.
    var generation: Generation
    /// Whether it has still to show that it can serve, so that it may take over from the process that does.
    var isOnTrial = false
    /// What its process is measured by when it comes to recycling it; nil while there is none.
    var run: Run?
    /// The process; nil while there is none.
    var process: ChildProcess?
    /// The supervisor's end of its control channel; nil while there is no process, and once the child closed it.
    var channel: ControlChannel?

    /// What it writes to standard error; nil for all but workers, and while there is no process.
    var words: ErrorOutput?

    /// What is noted when a process starts.
    struct Run {
        var startedAt: MonotonicTime
        /// Requests that its row had counted before.
        var requestsBefore: UInt64
        /// A random number from 0 up to 1, so that processes which started together are not recycled together.
        var jitter: Double
    }

    init(_ role: ChildRole, _ generation: Generation) {
        self.role = role
        self.generation = generation
        slot = ChildSlot(restart: generation.configuration.lifecycle.restart)
    }

    /// The process id, 0 while there is none.
    var pid: Int32 { process?.pid ?? 0 }

    /// Whether it serves.
    var isReady: Bool {
        if case .ready = slot.state { return true }
        return false
    }

    /// Whether it died too often.
    var isHeld: Bool {
        if case .held = slot.state { return true }
        return false
    }

    /// Makes it ready for a first start for this configuration.
    func prepare(for generation: Generation) {
        self.generation = generation
        slot = ChildSlot(restart: generation.configuration.lifecycle.restart)
    }
}
