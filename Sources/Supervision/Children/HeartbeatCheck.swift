package import Base

/// When the heartbeats of the workers are looked at.
package struct HeartbeatCheck: Sendable {
    /// When `isDue` is to be asked again.
    package private(set) var deadline: MonotonicTime

    package init(at now: MonotonicTime) {
        deadline = now
    }

    /// Whether to look now for workers that showed no sign of life for longer than `stale`.
    ///
    /// A supervisor that was itself stopped for a while knows nothing of the workers' pulse in that time: it gives them
    /// one more interval to show it.
    package mutating func isDue(stale: Duration, at now: MonotonicTime) -> Bool {
        guard now >= deadline else { return false }
        let wasAsleep = now.since(deadline) > stale / 2
        deadline = now + min(SupervisionLimits.heartbeatCheck, stale / 4)
        return !wasAsleep
    }
}
