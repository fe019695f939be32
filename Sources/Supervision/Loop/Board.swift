package import Base
package import Configuration
import Glibc
package import Processes
package import Scoreboard

/// The supervisor's use of the scoreboard: all that it writes there and all that it reads.
package final class Board {
    private let scoreboard: Scoreboard
    private var section: SupervisorSection { scoreboard.supervisor }
    /// For workers.
    package let descriptor: Descriptor
    /// For the admin process.
    package let readOnlyDescriptor: Descriptor
    private var shownDropped = 0

    /// Creates the scoreboard with room for every slot that the limit allows, so that scaling never needs a new one.
    package init() throws(ScoreboardError) {
        let created = try Scoreboard.create()
        scoreboard = created.scoreboard
        descriptor = Descriptor(owning: created.descriptor)
        readOnlyDescriptor = Descriptor(owning: created.readOnlyDescriptor)
    }

    /// Takes over the scoreboard of the program before, with all that was counted on it.
    package init(handedOver descriptor: Int32, readOnly: Int32) throws(ScoreboardError) {
        scoreboard = try Scoreboard.map(descriptor: descriptor)
        self.descriptor = Descriptor(owning: descriptor)
        readOnlyDescriptor = Descriptor(owning: readOnly)
    }

    /// Another program runs in the supervisor's process.
    package func upgraded(_ options: SupervisorOptions) {
        section.update { entry in
            entry.version = options.version
            entry.configuration.path = options.configurationPath
        }
    }

    /// Enters what is known at the start; the state is `running`.
    package func begin(_ options: SupervisorOptions, at now: MonotonicTime) {
        section.update { entry in
            entry = SupervisorEntry()
            entry.pid = getpid()
            entry.version = options.version
            entry.startedAt = now
            entry.configuration.path = options.configurationPath
        }
    }

    /// Gives each upstream of a configuration its place, each of its servers, and each route.
    ///
    /// Done before its first worker starts, which looks them up.
    package func register(_ configuration: Configuration, at now: MonotonicTime) throws(ScoreboardError) {
        var servers: [(upstream: Int, url: String)] = []
        for upstream in configuration.upstreams {
            let index = try section.registerUpstream(named: upstream.name)
            // Those that records name are entered by the workers that look them up.
            if upstream.service == nil { servers += upstream.servers.map { (index, $0.text) } }
        }
        section.registerServers(servers, at: now)
        for path in configuration.routePaths { section.registerRoute(path) }
        if !configuration.limits.isAdaptive { section.forgetAdaptiveLimit() }
    }

    /// A configuration is in use from now on.
    package func show(_ generation: Generation) {
        section.update { entry in
            entry.generation = generation.number
            entry.configuration.sha256 = generation.sha256
            entry.configuration.loadedAt = .now()
        }
    }

    /// How many workers there should be.
    package func setWanted(_ workers: Int) {
        section.update { $0.workersWanted = workers }
    }

    /// How the reload that was asked for last stands, and why; the time is now.
    package func show(_ outcome: ReloadOutcome, generation: Int, message: String = "") {
        let entry = ReloadEntry(outcome: outcome, generation: generation, at: .now(), message: message)
        section.update { $0.reload = entry }
    }

    /// How the change that was asked for last stands; nil when none was.
    package var outcome: ReloadOutcome? { scoreboard.reader.supervisor.reload?.outcome }

    /// Sets the state of the daemon as a whole.
    package func set(_ state: DaemonState) {
        section.update { $0.state = state }
    }

    /// So many lines of the log found nobody who takes them.
    package func showDropped(_ lines: Int) {
        guard lines != shownDropped else { return }
        // Those of programs before this one stay counted.
        section.update { $0.logLinesDropped &+= lines - shownDropped }
        shownDropped = lines
    }

    /// A process was started for a role; companions are not on the board.
    package func started(
        _ role: ChildRole, pid: Int32, generation: Int, at now: MonotonicTime, isRestart: Bool
    ) {
        guard let slot = role.slot else { return }
        section.recordStart(of: slot, pid: pid, generation: generation, at: now, isRestart: isRestart)
    }

    /// A process has ended; returns how many requests it left unanswered, 0 for all but workers.
    package func ended(_ role: ChildRole, reason: String) -> Int {
        guard let slot = role.slot else { return 0 }
        section.recordExit(of: slot, reason: reason, at: .now())
        return section.entry(of: slot)?.lastExit?.inFlight ?? 0
    }

    /// Shows where a slot stands.
    package func show(_ role: ChildRole, _ state: ChildSlot.State) {
        guard let slot = role.slot else { return }
        let shown: ProcessState
        switch state {
        case .stopped, .dead: shown = .dead
        case .held: shown = .held
        case .starting: shown = .starting
        case .ready: shown = .ready
        case .unresponsive: shown = .unresponsive
        case .draining: shown = .draining
        }
        guard let entry = section.entry(of: slot), entry.state != shown else { return }
        section.update(slot) { $0.state = shown }
    }

    /// When a worker's event loop was last alive; nil when it has not said so, and for all but workers.
    package func heartbeat(_ role: ChildRole) -> MonotonicTime? {
        guard case .worker(let slot, let row) = role else { return nil }
        return section.gauges(ofWorker: slot, row: row).heartbeat
    }

    /// The requests that a worker has noted down as in flight.
    package func inFlight(_ role: ChildRole) -> [InFlightRequest] {
        guard case .worker(let slot, let row) = role else { return [] }
        return section.inFlight(ofWorker: slot, row: row)
    }

    /// How many requests a worker has in flight.
    package func requestsInFlight(_ role: ChildRole) -> Int {
        guard case .worker(let slot, let row) = role else { return 0 }
        return section.gauges(ofWorker: slot, row: row).requestsInFlight
    }

    /// Keeps the report of a crash for /stats.
    package func add(_ crash: CrashReport) {
        section.add(CrashEntry(json: crash.json))
    }

    /// Has all workers answer a route with 503 until then.
    package func quarantine(_ path: String, until time: MonotonicTime) {
        section.quarantine(RouteHash.of(path), until: time)
    }

    /// Requests that the processes in a worker's row have begun; 0 for all but workers.
    package func requestsBegun(_ role: ChildRole) -> UInt64 {
        guard case .worker(let slot, let row) = role else { return 0 }
        return section.requestsBegun(ofWorker: slot, row: row)
    }

    /// The document that `gatewayctl stats` and GET /stats show.
    package func statsReport(at now: MonotonicTime) -> String {
        StatsReport(scoreboard.reader.snapshot(), now: now).json
    }

    /// How a slow or failed request went, as JSON; nil when no worker has it any more.
    package func record(ofRequest id: String) -> String? {
        scoreboard.reader.record(ofRequest: id).map { $0 + "\n" }
    }

    /// The document that `gatewayctl status` shows.
    package func statusReport(at now: MonotonicTime) -> String {
        StatusReport(scoreboard.reader.snapshot(.counters), now: now).json
    }
}

extension ChildRole {
    fileprivate var slot: ProcessSlot? {
        switch self {
        case .worker(let slot, let row): .worker(slot, row: row)
        case .admin: .admin
        case .companion: nil
        }
    }
}
