import Base
import Configuration
import FanOut
import HTTP
import Processes
import Scoreboard

/// What is told of a worker that died otherwise than by plan.
extension Children {
    /// Reports the end of a worker, unless it was meant to end so; to be called before its rows are cleared.
    func reportCrash(of child: Child, _ reason: String, _ next: ChildSlot.Next) {
        guard case .worker(let slot, _) = child.role, Self.isCrash(reason, next) else { return }
        let now = MonotonicTime.now()
        let routes = child.generation.configuration.routes
        let left = board.inFlight(child.role).map { CrashReport.Request($0, routes, at: now) }
        let suspected = suspect.note(Set(left.compactMap(\.route)), at: now)
        let report = CrashReport(
            at: WallTime.now().rfc3339, slot: slot, pid: child.pid, generation: child.generation.number, reason: reason,
            inFlight: board.requestsInFlight(child.role), requests: left, words: child.words?.lastWords ?? "",
            suspect: suspected)
        log.crashed(report)
        board.add(report)
        guard let suspected, routes.contains(where: { $0.path.text == suspected && $0.isQuarantined }) else { return }
        board.quarantine(suspected, until: now + SupervisionLimits.quarantine)
        log.quarantined(suspected, for: SupervisionLimits.quarantine)
    }

    /// One that was told to leave and did not in time was killed by plan; all other ends by a signal are none.
    private static func isCrash(_ reason: String, _ next: ChildSlot.Next) -> Bool {
        next != .nothing || (reason.hasPrefix("signal ") && reason != "signal SIGKILL")
    }
}

extension CrashReport.Request {
    /// Nothing of what a worker noted down is believed: it may have gone wild.
    init(_ noted: InFlightRequest, _ routes: [Route], at now: MonotonicTime) {
        let route = routes.indices.contains(noted.route) ? routes[noted.route] : nil
        var calls: [String] = []
        if case .fanOut(let fanOut) = route?.action {
            calls = fanOut.calls.prefix(64).enumerated().filter { noted.openCalls >> UInt64($0.offset) & 1 == 1 }
                .map(\.element.name)
        }
        self.init(
            route: route?.path.text, age: now.since(noted.startedAt), id: noted.requestID, openCalls: calls)
    }
}
