package import Base

/// The way to the end: workers drain first, then admin and companions leave; asked again, everything is killed.
///
/// Pure: the owner tells what was asked for and who is left, and performs what comes back.
package struct Shutdown: Sendable {
    /// How far it is.
    package enum Phase: Sendable, Hashable {
        /// Nobody asked for the end.
        case running
        /// The workers finish what is in flight.
        case drainingWorkers
        /// The workers are gone, admin and companions follow.
        case drainingOthers
        /// Everything was killed.
        case killing
        /// Nothing is left.
        case finished
    }

    /// What to do.
    package enum Action: Sendable, Hashable {
        case nothing
        /// Tell the workers to drain, until then.
        case drainWorkers(until: MonotonicTime)
        /// Tell admin and companions to leave, until then.
        case drainOthers(until: MonotonicTime)
        /// Kill all at once.
        case killAll
    }

    package private(set) var phase: Phase = .running
    /// What workers get to finish, from the next request on.
    package var drain: Duration
    private var wasForced = false

    /// Workers get `drain` to finish.
    package init(drain: Duration) {
        self.drain = drain
    }

    /// Whether the end has begun.
    package var hasBegun: Bool { phase != .running }

    /// What the process exits with: 0 for a drain that took its course, also when its limit cut a worker off (that is
    /// logged); 1 when a second request made it end at once.
    package var exitCode: Int32 { wasForced ? 1 : 0 }

    /// Somebody asks for the end: the first time it drains, the second time it kills.
    package mutating func request(at now: MonotonicTime) -> Action {
        switch phase {
        case .running:
            phase = .drainingWorkers
            return .drainWorkers(until: now + drain)
        case .drainingWorkers, .drainingOthers:
            phase = .killing
            wasForced = true
            return .killAll
        case .killing, .finished:
            return .nothing
        }
    }

    /// Tells how many processes are left; to be called again whenever that may have changed.
    package mutating func advance(workersLeft: Int, othersLeft: Int, at now: MonotonicTime) -> Action {
        switch phase {
        case .running, .finished:
            return .nothing
        case .drainingWorkers where workersLeft == 0 && othersLeft > 0:
            phase = .drainingOthers
            return .drainOthers(until: now + SupervisionLimits.lastDrain)
        case .drainingWorkers, .drainingOthers, .killing:
            if workersLeft + othersLeft == 0 { phase = .finished }
            return .nothing
        }
    }
}
