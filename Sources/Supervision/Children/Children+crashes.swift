import Base
import Configuration
import HTTP
import Processes
import Scoreboard

/// What is told of a worker that died otherwise than by plan.
extension Children {
    /// Reports the end of a worker, unless it was meant to end so; to be called before its rows are cleared.
    func reportCrash(of child: Child, _ reason: String, _ next: ChildSlot.Next) {
        guard case .worker(let slot, _) = child.role, Self.isCrash(reason, next) else { return }
        let now = MonotonicTime.now()
        let configuration = child.generation.configuration
        let left = board.inFlight(child.role).map { CrashReport.Request($0, configuration, at: now) }
        let suspected = suspect.note(Set(left.compactMap(\.route)), at: now)
        let report = CrashReport(
            at: WallTime.now().rfc3339, slot: slot, pid: child.pid, generation: child.generation.number, reason: reason,
            inFlight: board.requestsInFlight(child.role), requests: left, words: child.words?.lastWords ?? "",
            suspect: suspected)
        log.crashed(report)
        board.add(report)
        guard let suspected, configuration.isQuarantined(path: suspected) else { return }
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
    init(_ noted: InFlightRequest, _ configuration: Configuration, at now: MonotonicTime) {
        let paths = configuration.routePaths
        let calls = configuration.callNames(ofRoute: noted.route).prefix(64).enumerated()
            .filter { (noted.openCalls >> UInt64($0.offset)) & 1 == 1 }.map(\.element)
        self.init(
            route: paths.indices.contains(noted.route) ? paths[noted.route] : nil, age: now.since(noted.startedAt),
            id: noted.requestID, openCalls: calls)
    }
}
