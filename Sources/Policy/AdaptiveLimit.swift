package import FanOut

/// How many requests a worker should have in flight, found by how much slower they are than when it is quiet.
///
/// The gradient of Envoy's adaptive concurrency filter: a limit grows by its root while requests take about as long as
/// they do when nothing waits, and shrinks as they take longer (https://www.envoyproxy.io/docs/envoy/latest/
/// configuration/http/http_filters/adaptive_concurrency_filter). Routes differ, so each is held against itself. What quiet
/// means is seen anew in each epoch, for which the limit is halved for a moment if it was in use.
package struct AdaptiveLimit: Sendable {
    /// Requests ever allowed: a limit of fewer would see too little to grow again.
    private static let least = 8
    /// How much slower than in quiet still counts as that.
    private static let tolerance = 1.25
    private static let window = Duration.milliseconds(100)
    private static let epoch = Duration.seconds(10)
    /// Windows at half the limit that begin an epoch.
    private static let quietWindows = 3
    /// Requests that a window needs, of all routes and of one.
    private static let samples = (all: 20, route: 5)

    private struct Sample {
        var count = 0
        var seconds = 0.0
        /// The shortest mean of a window, of this epoch and of the last one.
        var quiet: (now: Double, before: Double) = (.infinity, .infinity)

        var baseline: Double { min(quiet.now, quiet.before) }
    }

    private let most: Int
    private var limit: Double
    /// By route.
    private var routes: [Sample]
    private var inWindow = 0
    private var windowEnd: MonotonicTime
    private var epochEnd: MonotonicTime
    private var quietLeft = 0
    /// Whether requests came near the limit in this window, and in this epoch.
    private var isUsed = (window: false, epoch: false)

    package init(routes: Int, most: Int, at now: MonotonicTime) {
        self.most = most
        limit = Double(min(most, 64))
        self.routes = Array(repeating: Sample(), count: routes)
        windowEnd = now + Self.window
        epochEnd = now + Self.epoch
    }

    /// The requests that may be in flight now.
    package var current: Int { max(Self.least, Int(quietLeft > 0 ? limit / 2 : limit)) }

    /// Whether one more may begin.
    package mutating func admits(inFlight: Int) -> Bool {
        if inFlight * 2 >= current { isUsed = (true, true) }
        return inFlight < current
    }

    /// Whether so much is in flight that what can be left out should be.
    package func isNear(inFlight: Int) -> Bool { inFlight * 10 >= current * 9 }

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
        if weight > 0 { adjust(ratio: ratios / Double(weight)) }
        inWindow = 0
        isUsed.window = false
        windowEnd = now + Self.window
        if quietLeft > 0 { quietLeft -= 1 }
        if now >= epochEnd { beginEpoch(at: now) }
    }

    private mutating func adjust(ratio: Double) {
        // What was measured at half the limit says nothing about the whole.
        guard quietLeft == 0 else { return }
        let gradient = min(1, max(0.5, Self.tolerance / ratio))
        // Unused, a limit has nothing to prove that it could be larger.
        let headroom = isUsed.window ? limit.squareRoot() : 0
        limit = min(Double(most), max(Double(Self.least), limit * gradient + headroom))
    }

    private mutating func beginEpoch(at now: MonotonicTime) {
        epochEnd = now + Self.epoch
        for index in routes.indices { routes[index].quiet = (.infinity, routes[index].quiet.now) }
        if isUsed.epoch { quietLeft = Self.quietWindows }
        isUsed.epoch = false
    }
}
