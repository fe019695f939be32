import Base
import Configuration
import Processes
import Scoreboard

/// Tells of workers that died otherwise than by plan, and takes the route that is to blame out of use where it may.
struct CrashReporter {
    private let board: Board
    private let log: SupervisorLog
    private var suspect = CrashSuspect()

    init(_ board: Board, _ log: SupervisorLog) {
        self.board = board
        self.log = log
    }

    /// Reports the end of a worker if it is a crash; to be called before its rows are cleared.
    mutating func report(_ end: ChildEnd, of child: Child, at now: MonotonicTime) {
        guard case .worker(let slot, _) = child.role, end.isCrash, let reason = end.reason else { return }
        let configuration = child.generation.configuration
        let requests = board.inFlight(child.role).map { CrashReport.Request($0, configuration, at: now) }
        let suspected = suspect.note(Set(requests.compactMap(\.route)), at: now)
        let report = CrashReport(
            at: WallTime.now().rfc3339,
            worker: .init(slot: slot, pid: child.pid, generation: child.generation.number), reason: reason,
            left: .init(count: board.requestsInFlight(child.role), requests: requests),
            words: child.words?.lastWords ?? "", suspect: suspected)
        log.crashed(report)
        board.add(report)
        guard let suspected, configuration.isQuarantined(path: suspected) else { return }
        board.quarantine(suspected, until: now + SupervisionLimits.quarantine)
        log.quarantined(suspected, for: SupervisionLimits.quarantine)
    }
}

extension CrashReport.Request {
    /// Nothing of what a worker noted down is believed: it may have gone wild.
    init(_ noted: InFlightRequest, _ configuration: Configuration, at now: MonotonicTime) {
        let paths = configuration.routePaths
        let calls = configuration.callNames(ofRoute: noted.route).prefix(64).enumerated()
            .filter { (noted.openCalls >> UInt64($0.offset)) & 1 == 1 }.map(\.element)
        self.init(
            route: paths.indices.contains(noted.route) ? paths[noted.route] : nil,
            age: now.since(noted.startedAt), id: noted.requestID, openCalls: calls)
    }
}
