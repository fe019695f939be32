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
    ///   - limit: Nil where nothing adapts.
    ///   - workers: How many serve at a time.
    init(_ engine: any CallEngine, _ limit: AdaptiveLimit?, workers: @escaping (MonotonicTime) -> Int) {
        self.engine = engine
        self.limit = limit
        self.workers = workers
    }

    enum Decision: Equatable {
        case whole
        /// Without the calls that the answer can do without.
        case required
        /// Not at all, and why.
        case refused(String)
    }

    /// Decides on a page.
    func decide(on service: FanOutService, at now: MonotonicTime) -> Decision {
        let load = load(at: now)
        if load == .full { return .refused("The gateway has as many requests as it can answer in time.") }
        for index in service.firstRequired where !engine.canBegin(service.calls[index].endpoint) {
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
    private func load(at now: MonotonicTime) -> Load {
        guard limit != nil else { return .low }
        if now >= countedUntil {
            countedUntil = now + Self.counting
            limit?.workers = max(1, workers(now))
        }
        guard limit?.admits(inFlight: inFlight, at: now) ?? true else { return .full }
        return limit?.isNear(inFlight: inFlight, at: now) ?? false ? .near : .low
    }

    /// A page begins.
    func begin() { inFlight += 1 }

    /// It is answered.
    ///
    /// - Parameter latency: Nil where it does not tell how busy all is.
    func end(route: Int, latency: Duration?, at now: MonotonicTime) {
        inFlight -= 1
        if let latency { limit?.record(route: route, latency: latency, at: now) }
    }
}
