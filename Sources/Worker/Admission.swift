import FanOut
import Loop
import Policy
import Processes
import Upstream

/// Which pages a worker begins, and how much of them: what cannot become an answer is refused before it costs calls.
@LoopActor
final class Admission {
    private let engine: TransferEngine
    /// Nil where nothing adapts.
    private var limit: AdaptiveLimit?
    private var inFlight = 0

    init(_ engine: TransferEngine, routes: Int, isAdaptive: Bool, most: Int) {
        self.engine = engine
        limit = isAdaptive ? AdaptiveLimit(routes: routes, most: most, at: .now()) : nil
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
        guard limit?.admits(inFlight: inFlight) ?? true else {
            return .refused("The gateway has as many requests as it can answer in time.")
        }
        for index in service.firstRequired where !engine.canBegin(service.endpoints[index]) {
            return .refused(
                "The call '\(service.route.calls[index].name)', which the answer needs, cannot be made now.")
        }
        let isNear = engine.isNearlyFull || limit?.isNear(inFlight: inFlight) ?? false
        return isNear && service.hasRequired ? .required : .whole
    }

    /// A page begins.
    func begin() { inFlight += 1 }

    /// It is answered.
    func end(route: Int, since start: MonotonicTime) {
        inFlight -= 1
        guard limit != nil else { return }
        let now = MonotonicTime.now()
        limit?.record(route: route, latency: now.since(start), at: now)
    }
}
