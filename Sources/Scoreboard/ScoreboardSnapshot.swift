package import FanOut

/// One worker slot, read once from the scoreboard.
package struct WorkerSnapshot: Sendable, Equatable {
    /// The slot's stable number.
    package let id: Int
    /// What the supervisor knows of the slot's process.
    package let process: ProcessEntry
    /// What went through the slot since the daemon started.
    package let traffic: Traffic
    /// How late the event loop ran what was due.
    package let loopLag: HistogramSnapshot
    /// When the event loop was last alive, nil when the process has not said so yet.
    package let heartbeat: MonotonicTime?
    /// The calls by upstream, in the order of `ScoreboardSnapshot.upstreamNames`.
    package let upstreams: [UpstreamTraffic]
}

/// All of the scoreboard, read once.
///
/// Each number is right for a moment during the reading; they are not one instant's.
package struct ScoreboardSnapshot: Sendable {
    /// What the supervisor says of itself.
    package let supervisor: SupervisorEntry
    /// The admin process, nil when it was never started.
    package let admin: ProcessEntry?
    /// Every slot that was ever used, in order: those that are dead now still carry their counts.
    package let workers: [WorkerSnapshot]
    /// The names of upstreams, by the index under which they are counted.
    package let upstreamNames: [String]

    /// How many workers serve.
    package var workersReady: Int { workers.count { $0.process.state == .ready } }

    /// All workers together, dead ones included, so that it never goes back.
    package var totals: Traffic {
        workers.reduce(into: Traffic()) { $0.merge($1.traffic) }
    }

    /// Every upstream over all workers, in the order in which their names were first seen.
    package var upstreams: [(name: String, traffic: UpstreamTraffic)] {
        upstreamNames.enumerated().map { index, name in
            let traffic = workers.reduce(into: UpstreamTraffic()) { sum, worker in
                if worker.upstreams.indices.contains(index) { sum.merge(worker.upstreams[index]) }
            }
            return (name, traffic)
        }
    }
}
