package import Base

/// One worker slot, or one of its rows, read once from the scoreboard.
package struct WorkerSnapshot: Sendable, Equatable {
    /// The slot's stable number.
    package let id: Int
    /// What the supervisor knows of the slot's process; of the newest where there are two.
    package let process: ProcessEntry
    /// Whether a process of the slot serves, also when it is not the newest.
    package let isReady: Bool
    /// What went through the slot since the daemon started.
    package let traffic: Traffic
    /// How late the event loop ran what was due.
    package let loopLag: HistogramSnapshot
    /// When the event loop was last alive, nil when the process has not said so yet.
    package let heartbeat: MonotonicTime?
    /// The calls by upstream, in the order of `ScoreboardSnapshot.upstreamNames`.
    package let upstreams: [UpstreamTraffic]
    /// The requests by route, in the order of `ScoreboardSnapshot.routeNames`.
    let routes: [RouteTraffic]
    /// Those of the routes that have no name there.
    let otherRoutes: RouteTraffic

    /// Both rows of a slot as one: what was counted in sum, the rest of the newest process.
    ///
    /// The gauges of a row without a process are zero, so that their sum is that of the living.
    func merged(with other: WorkerSnapshot) -> WorkerSnapshot {
        let isShown = !other.process.isNewer(than: process)
        return WorkerSnapshot(
            id: id, process: process.merged(with: other.process), isReady: isReady || other.isReady,
            traffic: traffic.merged(with: other.traffic), loopLag: loopLag.merged(with: other.loopLag),
            heartbeat: isShown ? heartbeat : other.heartbeat,
            upstreams: zip(upstreams, other.upstreams).map { $0.merged(with: $1) },
            routes: zip(routes, other.routes).map { $0.merged(with: $1) },
            otherRoutes: otherRoutes.merged(with: other.otherRoutes))
    }
}

/// What policies know of an upstream.
struct UpstreamCondition: Sendable {
    let circuit: FrozenCells
    /// In the order of their places, with those that are in use no more.
    let servers: [KnownServer]

    /// Each that is in use, once.
    func servers(at now: MonotonicTime) -> [KnownServer] {
        var seen: Set<String> = []
        return servers.filter { $0.inUseUntil > now && seen.insert($0.url).inserted }
    }
}

/// What policies know of a server.
struct KnownServer: Sendable {
    let url: String
    let cells: FrozenCells
    let inUseUntil: MonotonicTime
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
    /// The paths of routes, by the index under which they are counted.
    var routeNames: [String] = []
    /// The reports of the last crashes, the oldest first; each is JSON.
    package var crashes: [CrashEntry] = []
    /// By upstream.
    var conditions: [UpstreamCondition] = []
    /// The limit of requests in flight that the workers have found; nil where they have none.
    var adaptiveLimit: UInt64?

    /// How many workers serve.
    package var workersReady: Int { workers.count { $0.isReady } }

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

    /// Every route over all workers, in the order in which their paths were first seen; last, where there are any, `other`.
    package var routes: [(name: String, traffic: RouteTraffic)] {
        let named = routeNames.enumerated().map { index, name in
            let traffic = workers.reduce(into: RouteTraffic()) { sum, worker in
                if worker.routes.indices.contains(index) { sum.merge(worker.routes[index]) }
            }
            return (name: name, traffic: traffic)
        }
        let others = workers.reduce(into: RouteTraffic()) { $0.merge($1.otherRoutes) }
        return others.total == 0 ? named : named + [(name: "other", traffic: others)]
    }
}
