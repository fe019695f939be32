package import Base

/// How many requests the workers of the machine should have in flight, found by how much slower they are than when it is
/// quiet.
///
/// The gradient of Envoy's adaptive concurrency filter: a limit grows by its root while requests take about as long as
/// they do when nothing waits, and shrinks as they take longer (https://www.envoyproxy.io/docs/envoy/latest/
/// configuration/http/http_filters/adaptive_concurrency_filter). Routes differ, so each is held against itself. What quiet
/// means is seen anew in each epoch, for which the limit is halved for a moment if it was in use.
///
/// The limit is one for all workers, in shared cells, and each has its part of it. Of those whose window is over, one moves
/// the limit, by what it has seen itself: connections are shared out, so all see about the same.
package struct AdaptiveLimit: Sendable {
    /// Requests ever allowed to a worker: a limit of fewer would see too little to grow again.
    private static let least = 8.0
    /// What it begins with for each worker.
    private static let first = 64.0
    /// How much slower than in quiet still counts as that.
    private static let tolerance = 1.25
    private static let window = Duration.milliseconds(100)
    private static let epoch = Duration.seconds(10)
    /// How long an epoch begins with half the limit.
    private static let quiet = Duration.milliseconds(300)
    /// Requests that a window needs, of all routes and of one.
    private static let samples = (all: 20, route: 5)

    /// The cells; times in nanoseconds.
    private enum Cell {
        /// In thousandths of a request; 0 before the first.
        static let limit = 0
        /// When the limit is moved next.
        static let windowEnd = 1
        static let epochEnd = 2
        /// Until when it is halved.
        static let quietEnd = 3
        /// 1 when requests came near the limit in this epoch.
        static let isUsed = 4
    }

    private let most: Double
    private let cells: any SharedCells
    /// By route.
    private var routes: [Sample]
    private var inWindow = 0
    private var windowEnd: MonotonicTime
    /// The end of the epoch that the baselines are of.
    private var epochEnd: UInt64 = 0
    /// Whether requests came near the limit in this window.
    private var isUsed = false
    /// Workers that share it.
    package var workers = 1

    /// - Parameter most: Requests of one worker that are never exceeded.
    package init(routes: Int, most: Int, _ cells: any SharedCells, at now: MonotonicTime) {
        self.most = Double(most)
        self.cells = cells
        self.routes = Array(repeating: Sample(), count: routes)
        windowEnd = now + Self.window
    }

    /// The limit of all workers together; nil before it was first moved, and where nothing adapts.
    package static func current(_ cells: any SharedCells) -> UInt64? {
        let stored = cells.load(Cell.limit)
        return stored == 0 ? nil : stored / 1_000
    }

    /// Forgets it, where nothing adapts any more.
    package static func forget(_ cells: any SharedCells) { cells.update(Cell.limit) { _ in 0 } }

    /// The whole limit, of all workers.
    private var limit: Double {
        let stored = cells.load(Cell.limit)
        return stored == 0 ? min(most, Self.first) * Double(workers) : Double(stored) / 1_000
    }

    /// The requests that this worker may have in flight.
    package func current(at now: MonotonicTime) -> Int {
        let share = limit / Double(workers)
        return Int(max(Self.least, min(most, isQuiet(at: now) ? share / 2 : share)))
    }

    private func isQuiet(at now: MonotonicTime) -> Bool { cells.load(Cell.quietEnd) > now.nanoseconds }

    /// Whether one more may begin.
    package mutating func admits(inFlight: Int, at now: MonotonicTime) -> Bool {
        let current = current(at: now)
        if inFlight * 2 >= current {
            isUsed = true
            if cells.load(Cell.isUsed) == 0 { cells.update(Cell.isUsed) { _ in 1 } }
        }
        return inFlight < current
    }

    /// Whether so much is in flight that what can be left out should be.
    package func isNear(inFlight: Int, at now: MonotonicTime) -> Bool { inFlight * 10 >= current(at: now) * 9 }

    /// A request is answered.
    package mutating func record(route: Int, latency: Duration, at now: MonotonicTime) {
        routes[route].count += 1
        routes[route].seconds += Double(latency.wholeNanoseconds) / 1e9
        inWindow += 1
        if now >= windowEnd, inWindow >= Self.samples.all { endWindow(at: now) }
    }

    private mutating func endWindow(at now: MonotonicTime) {
        var weight = 0
        var ratios = 0.0
        for index in routes.indices where routes[index].count > 0 {
            let count = routes[index].count
            if count >= Self.samples.route {
                let mean = max(routes[index].seconds / Double(count), 1e-6)
                routes[index].quiet.now = min(routes[index].quiet.now, mean)
                weight += count
                ratios += Double(count) * mean / routes[index].baseline
            }
            routes[index].count = 0
            routes[index].seconds = 0
        }
        if weight > 0 { adjust(ratio: ratios / Double(weight), at: now) }
        inWindow = 0
        isUsed = false
        windowEnd = now + Self.window
        followEpoch(at: now)
    }

    /// Moves the limit, if no other worker has just done it.
    private func adjust(ratio: Double, at now: MonotonicTime) {
        // What was measured at half the limit says nothing about the whole.
        guard !isQuiet(at: now), takes(Cell.windowEnd, until: now + Self.window, at: now) else { return }
        let gradient = min(1, max(0.5, Self.tolerance / ratio))
        let limit = self.limit
        // Unused, a limit has nothing to prove that it could be larger.
        let headroom = isUsed ? (limit * Double(workers)).squareRoot() : 0
        let bounds = (Self.least * Double(workers), most * Double(workers))
        let moved = min(bounds.1, max(bounds.0, limit * gradient + headroom))
        cells.update(Cell.limit) { _ in UInt64(moved * 1_000) }
    }

    /// Whether the time in a cell is over and this worker is the one that sets the next.
    private func takes(_ cell: Int, until next: MonotonicTime, at now: MonotonicTime) -> Bool {
        let end = cells.load(cell)
        return end <= now.nanoseconds && cells.exchange(cell, end, next.nanoseconds)
    }

    /// Begins an epoch when the last one is over, and forgets the baselines of the one before.
    private mutating func followEpoch(at now: MonotonicTime) {
        if takes(Cell.epochEnd, until: now + Self.epoch, at: now) {
            let quietEnd = (now + Self.quiet).nanoseconds
            if cells.load(Cell.isUsed) == 1 { cells.update(Cell.quietEnd) { _ in quietEnd } }
            cells.update(Cell.isUsed) { _ in 0 }
        }
        let end = cells.load(Cell.epochEnd)
        guard end != epochEnd else { return }
        epochEnd = end
        for index in routes.indices { routes[index].quiet = (.infinity, routes[index].quiet.now) }
    }
}

/// What a window has seen of a route's requests, and how long they take in quiet.
private struct Sample {
    var count = 0
    var seconds = 0.0
    /// The shortest mean of a window, of this epoch and of the last one.
    var quiet: (now: Double, before: Double) = (.infinity, .infinity)

    var baseline: Double { min(quiet.now, quiet.before) }
}
