import Base
import FanOut
import Loop
import Policy
import Processes
import Scoreboard
import Upstream

/// Which pages a worker begins, and how much of them: what cannot become an answer is refused before it costs calls.
@LoopActor
final class Admission {
    private let engine: any CallEngine
    /// Nil where nothing adapts.
    private var limit: AdaptiveLimit?
    private var inFlight = 0
    private let workers: (MonotonicTime) -> Int
    /// When they are counted anew.
    private var countedUntil = MonotonicTime(nanoseconds: 0)
    private static let counting = Duration.milliseconds(100)

    /// - Parameters:
    ///   - cells: What the limit of all workers is kept in; nil where nothing adapts.
    ///   - most: Requests that are never exceeded.
    ///   - workers: How many serve at a time.
    init(
        _ engine: any CallEngine, routes: Int, most: Int, _ cells: BoardCells?,
        workers: @escaping (MonotonicTime) -> Int
    ) {
        self.engine = engine
        self.workers = workers
        limit = cells.map { AdaptiveLimit(routes: routes, most: most, $0, at: .now()) }
    }

    enum Decision {
        case whole
        /// Without the calls that the answer can do without.
        case required
        /// Not at all, and why.
        case refused(String)
    }

    /// Decides on a page.
    func decide(on service: FanOutService) -> Decision {
        let load = load()
        if load == .full { return .refused("The gateway has as many requests as it can answer in time.") }
        for index in service.firstRequired where !engine.canBegin(service.endpoints[index]) {
            return .refused(
                "The call '\(service.route.calls[index].name)', which the answer needs, cannot be made now.")
        }
        let isNear = load == .near || engine.isNearlyFull
        return isNear && service.hasRequired ? .required : .whole
    }

    private enum Load {
        case low, near, full
    }

    /// By the adaptive limit.
    private func load() -> Load {
        guard limit != nil else { return .low }
        let now = MonotonicTime.now()
        if now >= countedUntil {
            countedUntil = now + Self.counting
            limit?.workers = max(1, workers(now))
        }
        guard limit?.admits(inFlight: inFlight, at: now) ?? true else { return .full }
        return limit?.isNear(inFlight: inFlight, at: now) ?? false ? .near : .low
    }

    /// A page begins.
    func begin() { inFlight += 1 }

    /// It is answered; what it took is looked at only where that tells how busy all is.
    func end(route: Int, since start: MonotonicTime, tells: Bool) {
        inFlight -= 1
        guard tells, limit != nil else { return }
        let now = MonotonicTime.now()
        limit?.record(route: route, latency: now.since(start), at: now)
    }
}
