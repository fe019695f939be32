import Base
import Configuration
import Glibc
import Processes
import Scoreboard
import Telemetry

/// The loop of the supervisor: waits for whatever comes first, acts on it, tells systemd, and starts over.
struct SupervisorLoop {
    private let resources: SupervisorResources
    private let log: SupervisorLog
    private let children: Children
    private let workers: Workers
    private let rolls: Rolls
    private let upgrade: Upgrade
    private let handover: Handover?
    private let whenReady: (() -> Void)?
    private var shutdown: Shutdown
    private var heartbeats: HeartbeatCheck
    private var shownState = DaemonState.running
    private var wasAllReady = false

    init(
        _ resources: SupervisorResources, _ handover: Handover?, options: SupervisorOptions, log: SupervisorLog,
        at now: MonotonicTime
    ) {
        self.handover = handover
        self.resources = resources
        self.log = log
        children = Children(options, resources.generation, admin: resources.admin, board: resources.board, log: log)
        workers = Workers(children)
        rolls = Rolls(workers, options, at: now)
        upgrade = Upgrade(workers, resources, arguments: options.arguments, log: log)
        whenReady = options.whenReady.map { tell in
            let addresses = SupervisorOptions.Addresses(
                listen: resources.generation.listeners.sockets.map(\.address), admin: resources.admin.address)
            return { tell(addresses) }
        }
        shutdown = Shutdown(drain: options.configuration.lifecycle.drain)
        heartbeats = HeartbeatCheck(at: now)
    }

    /// The one in use.
    private var configuration: Configuration { children.generation.configuration }

    /// Runs until every child is gone; returns the exit code.
    mutating func run() -> Int32 {
        begin(at: .now())
        while shutdown.phase != .finished {
            // Before the wait: what the last round changed may have brought the end, or something to tell.
            follow(at: .now())
            if shutdown.phase == .finished { break }
            wait()
        }
        return shutdown.exitCode
    }

    /// Starts the children, or takes over those of the program before.
    private func begin(at now: MonotonicTime) {
        guard let handover else { return workers.scale(to: children.generation.workers, at: now) }
        do throws(SystemError) {
            try workers.takeOver(handover, at: now)
        } catch {
            log.failed(error)
        }
        log.upgraded(version: Version.text, workers: handover.processes.count { $0.place != nil })
        resources.systemd?.tell([.mainProcess(getpid())])
        if let reason = Environment.value(Upgrade.failure) {
            // The new program could not start, and this is the old one again.
            Environment.remove([Upgrade.failure])
            log.upgradeRefused(reason)
            children.board.show(.refused, generation: children.generation.number, message: reason)
        } else {
            rolls.upgrade()
        }
    }

    /// One wait, and everything that it brought.
    private mutating func wait() {
        var polls = PollSet()
        polls.read(resources.signals.descriptor, .signals)
        children.add(to: &polls)
        resources.control.add(to: &polls)
        upgrade.add(to: &polls)
        let before = MonotonicTime.now()
        do throws(SystemError) {
            for source in try polls.wait(until: deadline, now: before) { dispatch(source, at: .now()) }
        } catch {
            log.failed(error)
        }
        let now = MonotonicTime.now()
        children.tick(at: now)
        resources.control.dropLateClients(at: now)
        let stale = configuration.lifecycle.heartbeatStale
        if !shutdown.hasBegun, heartbeats.isDue(stale: stale, at: now) {
            children.checkHeartbeats(stale: stale, at: now)
        }
    }

    /// The nearest of all points at which something is due.
    private var deadline: MonotonicTime? {
        let whileRunning = shutdown.hasBegun ? [] : [rolls.deadline, upgrade.deadline, heartbeats.deadline]
        return ([children.deadline, resources.control.deadline, resources.systemd?.deadline] + whileRunning).compactMap
        { $0 }.min()
    }

    private mutating func dispatch(_ source: PollSet.Source, at now: MonotonicTime) {
        do throws(SystemError) {
            switch source {
            case .signals: try takeSignals(at: now)
            case .childEnd(let index): try children.reap(index, at: now)
            case .childMessage(let index): try children.receive(index, at: now)
            case .childWords(let index): children.readWords(of: index)
            case .rehearsal: try upgrade.rehearsed(at: now)
            case .control: try resources.control.accept(at: now)
            case .client(let number): resources.control.advance(number, at: now) { perform($0, at: now) }
            }
        } catch {
            log.failed(error)
        }
    }

    private mutating func takeSignals(at now: MonotonicTime) throws(SystemError) {
        while let signal = try resources.signals.next() {
            switch signal.number {
            case SIGTERM, SIGINT: requestEnd(because: signalName(signal.number), at: now)
            // Blocked so that none is lost to a default action; the pidfds tell which child it was.
            case SIGCHLD: break
            case SIGHUP: if !shutdown.hasBegun { rolls.hangUp() }
            case SIGUSR2: requestUpgrade(at: now)
            case SIGTTIN: if !shutdown.hasBegun { rolls.scale(by: 1, because: "SIGTTIN") }
            case SIGTTOU: if !shutdown.hasBegun { rolls.scale(by: -1, because: "SIGTTOU") }
            case SIGUSR1 where configuration.log.hasFiles: reopenLogs()
            default: log.nothingToReopen(signal.number)
            }
        }
    }

    private mutating func perform(_ command: ControlCommand, at now: MonotonicTime) -> String {
        log.asked(command)
        switch command {
        case .logLevel(let level): return logLevel(level)
        case .status: return resources.board.statusReport(at: now)
        case .stats: return resources.board.statsReport(at: now)
        case .why(let id):
            return resources.board.record(ofRequest: id)
                ?? ControlCommand.errorAnswer("no slow or failed request '\(id.prefix(128))' is remembered")
        case .stop: requestEnd(because: "stop", at: now)
        case .drain: if !shutdown.hasBegun { requestEnd(because: "drain", at: now) }
        case .reload, .scale, .restart, .upgrade:
            guard !shutdown.hasBegun else { return ControlCommand.errorAnswer("the daemon is on its way to its end") }
            return change(command, at: now)
        }
        return "{\"state\":\"draining\"}"
    }

    private func change(_ command: ControlCommand, at now: MonotonicTime) -> String {
        switch command {
        case .reload: return rolls.reload(at: now)
        case .restart(let id): return rolls.restart(id, at: now)
        case .scale(let count):
            do throws(RefusedReload) {
                try rolls.scale(to: count, because: "scale")
                return "{\"workers_wanted\":\(count)}"
            } catch {
                return ControlCommand.errorAnswer(error.description)
            }
        case .upgrade:
            guard requestUpgrade(at: now) else {
                return ControlCommand.errorAnswer("what runs here was not started with a configuration file")
            }
            return "{\"upgrade\":\"accepted\"}"
        case .status, .stats, .why, .stop, .drain, .logLevel: preconditionFailure("these change no worker")
        }
    }

    /// False where there is nothing to upgrade: the demo's upstreams would end with it.
    @discardableResult
    private func requestUpgrade(at now: MonotonicTime) -> Bool {
        guard !shutdown.hasBegun, children.all.allSatisfy({ !$0.role.isCompanion }) else { return false }
        upgrade.request(at: now)
        return true
    }

    private mutating func requestEnd(because cause: String, at now: MonotonicTime) {
        let action = shutdown.request(at: now)
        switch action {
        case .drainWorkers: log.draining(because: cause, limit: configuration.lifecycle.drain)
        case .killAll: log.killing(because: cause)
        case .drainOthers, .nothing: break
        }
        perform(action, at: now)
    }

    private func perform(_ action: Shutdown.Action, at now: MonotonicTime) {
        switch action {
        case .nothing: break
        case .drainWorkers(let limit):
            children.drain(workers: true, until: limit, at: now)
            children.stopListening()
        case .drainOthers(let limit): children.drain(workers: false, until: limit, at: now)
        case .killAll: children.killAll(at: now)
        }
    }

    /// Brings shutdown, scoreboard and systemd up to date with the children.
    private mutating func follow(at now: MonotonicTime) {
        perform(
            shutdown.advance(workersLeft: children.workersRunning, othersLeft: children.othersRunning, at: now), at: now
        )
        if !shutdown.hasBegun {
            rolls.advance(at: now)
            upgrade.advance(
                isIdle: rolls.isIdle && resources.control.isIdle, isReloading: rolls.isReloading, at: now)
            shutdown.drain = configuration.lifecycle.drain
            followLogSettings()
        }
        let state: DaemonState =
            shutdown.hasBegun
            ? .draining : rolls.isReloading ? .reloading : children.held > 0 ? .degraded : .running
        if state != shownState {
            shownState = state
            resources.board.set(state)
        }
        if workers.areAllReady, !wasAllReady {
            wasAllReady = true
            log.allReady()
            whenReady?()
        }
        resources.board.showDropped(log.output.dropped)
        guard let systemd = resources.systemd else { return }
        let picture = ServiceStatus.Picture(
            state: state,
            workers: .init(ready: workers.ready, wanted: workers.wanted, running: children.workersRunning),
            held: children.held, requestsTotal: children.requestsBegun)
        systemd.follow(
            picture, areAllReady: workers.areAllReady, holding: children.generation.listeners.own, at: now)
    }

    // MARK: Logs

    /// USR1: files that were renamed are left for new ones, here and in every worker.
    private func reopenLogs() {
        do throws(SystemError) {
            try log.output.reopen()
            log.reopened()
        } catch {
            log.cannotReopen(error)
        }
        children.tellWorkers(.reopenLogs)
    }

    /// Sets the level, if there is one, and answers what it is.
    private func logLevel(_ level: LogLevel?) -> String {
        if let level {
            log.output.order(level)
            children.tellWorkers(.logLevel(level))
            log.levelOrdered(level)
        }
        return "{\"level\":\"\(log.output.level.rawValue)\"}"
    }

    /// Writes as the configuration in use says; workers do from their start.
    private func followLogSettings() {
        do throws(SystemError) {
            try log.output.use(configuration.log)
        } catch {
            log.cannotReopen(error)
        }
    }
}
