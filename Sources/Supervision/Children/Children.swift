package import Base
import Configuration
import Glibc
package import Processes
import Scoreboard

/// All children of the supervisor: starts them, listens to them, reaps them, and performs what their slots decide.
package final class Children {
    /// In the order in which they were made; what a poll reports names them by their place here, so none is ever removed.
    private(set) var all: [Child]
    /// The configuration in use: what is started anew gets it.
    package internal(set) var generation: Generation
    /// What workers on trial did since the last look.
    private var trialEvents: [RollPlan.Event] = []
    private var crashes: CrashReporter

    let board: Board
    let log: SupervisorLog
    private let launcher: ChildLauncher

    /// Prepares admin and companions; nothing is started yet.
    package init(
        _ options: SupervisorOptions, _ generation: Generation, admin: ListeningSocket, board: Board, log: SupervisorLog
    ) {
        let roles = options.companions.enumerated().map { ChildRole.companion(index: $0.offset, name: $0.element.name) }
        all = (roles + [.admin]).map { Child($0, generation) }
        launcher = ChildLauncher(options, admin: admin, board: board)
        crashes = CrashReporter(board, log)
        self.generation = generation
        self.board = board
        self.log = log
    }

    /// How many slots are held, of whatever role.
    package var held: Int { all.count { $0.isHeld } }
    /// Whether admin and companions serve.
    var areOthersReady: Bool { all.allSatisfy { $0.role.isWorker || $0.isReady } }
    /// How many processes of workers exist.
    package var workersRunning: Int { all.count { $0.role.isWorker && $0.slot.isRunning } }
    /// How many processes of admin and companions exist.
    package var othersRunning: Int { all.count { !$0.role.isWorker && $0.slot.isRunning } }
    /// Requests that workers ever began.
    var requestsBegun: UInt64 { all.reduce(0) { $0 &+ board.requestsBegun($1.role) } }
    /// When `tick` is due; nil when nothing is waited for.
    package var deadline: MonotonicTime? { all.compactMap(\.slot.deadline).min() }

    /// Takes on the processes of a further slot.
    func add(_ slot: WorkerSlot) { all += slot.children }

    /// Starts admin and companions, at the beginning and when they were told to leave so that their successors can come.
    func startOthers(at now: MonotonicTime) {
        for child in all where !child.role.isWorker && child.slot.state == .stopped { handle(.start, child, at: now) }
    }

    /// Puts a configuration into use for all that starts from now on.
    func adopt(_ generation: Generation) {
        self.generation = generation
        // A row that is out of use must not keep an old configuration, and its memory, until it is used again.
        for child in all where !child.role.isWorker || (!child.slot.isRunning && !child.slot.isWanted) {
            child.generation = generation
        }
    }

    /// Whether workers on trial did something since the last look.
    var hasTrialEvents: Bool { !trialEvents.isEmpty }

    /// Takes what workers on trial did since the last call.
    func takeTrialEvents() -> [RollPlan.Event] {
        defer { trialEvents = [] }
        return trialEvents
    }

    /// Adds what the children are waited for.
    package func add(to polls: inout PollSet) {
        for (index, child) in all.enumerated() {
            if let process = child.process { polls.read(process.descriptor, .childEnd(index)) }
            if let channel = child.channel { polls.read(channel.descriptor, .childMessage(index)) }
            if let words = child.words, !words.hasEnded { polls.read(words.descriptor, .childWords(index)) }
        }
    }

    /// Reaps a child whose pidfd became readable.
    ///
    /// What it said last is read first, so that a reason is not lost.
    package func reap(_ index: Int, at now: MonotonicTime) throws(SystemError) {
        let child = all[index]
        guard let status = try child.process?.reap() else { return }
        try receive(index, at: now)
        child.channel = nil
        handle(.exited(status), child, at: now)
    }

    /// Takes what a child has said.
    ///
    /// A channel that it closed is no news in itself: its end is.
    package func receive(_ index: Int, at now: MonotonicTime) throws(SystemError) {
        let child = all[index]
        // A child that never stops talking must not keep the loop from the others.
        for _ in 0..<16 {
            guard let channel = child.channel else { return }
            switch try channel.receive() {
            case .nothing: return
            case .closed: child.channel = nil
            case .message(.ready): handle(.ready, child, at: now)
            case .message(.probed(let status)): note(child) { .probed(slot: $0, status: status) }
            case .message(.failed(let reason)): log.childReportedFailure(child.role, pid: child.pid, reason: reason)
            case .message(.drain), .message(.reopenLogs), .message(.logLevel):
                log.childSaidUnknown(child.role, pid: child.pid, text: "an order")
            case .message(.unknown(let text)): log.childSaidUnknown(child.role, pid: child.pid, text: text)
            }
        }
    }

    /// Passes on what a child has written to standard error.
    package func readWords(of index: Int) {
        // One that has ended stays until its process has: its report wants the last words.
        passOnWords(of: all[index])
    }

    /// Passes them on line by line.
    private func passOnWords(of child: Child) {
        child.words?.read { log.passOn($0, of: child.role, pid: child.pid) }
    }

    /// Tells the workers about their logs.
    func tellWorkers(_ message: ControlMessage) {
        for child in all where child.role.isWorker && child.process != nil { send(message, to: child) }
    }

    /// Lets the slots whose time has come go on.
    package func tick(at now: MonotonicTime) {
        for child in all where child.slot.deadline.map({ $0 <= now }) ?? false { handle(.tick, child, at: now) }
    }

    /// Finds workers whose event loop has not shown a sign of life for longer than `stale`.
    package func checkHeartbeats(stale: Duration, at now: MonotonicTime) {
        for child in all where child.role.isWorker {
            guard case .ready(let since) = child.slot.state else { continue }
            let last = max(since, board.heartbeat(child.role) ?? since)
            if now.since(last) > stale { handle(.heartbeatStale, child, at: now) }
        }
    }

    /// Tells workers, or all others, to leave until then.
    package func drain(workers: Bool, until limit: MonotonicTime, at now: MonotonicTime) {
        for child in all where child.role.isWorker == workers { handle(.drain(until: limit), child, at: now) }
    }

    /// Closes what clients connect to; workers that drain take what waits there first.
    package func stopListening() {
        for child in all { child.generation.letGo() }
        generation.letGo()
    }

    /// Kills every process at once.
    package func killAll(at now: MonotonicTime) {
        for child in all { handle(.kill, child, at: now) }
    }

    func handle(_ event: ChildSlot.Event, _ child: Child, at now: MonotonicTime) {
        let actions = child.slot.handle(event, at: now, jitter: Double.random(in: 0..<1))
        for action in actions { perform(action, child, at: now) }
        board.show(child.role, child.slot.state)
    }

    private func perform(_ action: ChildSlot.Action, _ child: Child, at now: MonotonicTime) {
        switch action {
        case .spawn(let isRestart): spawn(child, isRestart: isRestart, at: now)
        case .requestDrain: send(.drain, to: child)
        case .signal(let number): signal(number, to: child)
        case .announceReady:
            log.childReady(child.role, pid: child.pid)
            note(child) { .ready(slot: $0) }
        case .announceStartTimeout: log.childStartTimedOut(child.role, pid: child.pid)
        case .announceUnresponsive: log.childUnresponsive(child.role, pid: child.pid)
        case .announceDrainTimeout: log.childDrainTimedOut(child.role, pid: child.pid)
        case .recordEnd(let end): record(end, of: child, at: now)
        }
    }

    private func note(_ child: Child, _ event: (_ slot: Int) -> RollPlan.Event) {
        guard child.isOnTrial, case .worker(let slot, _) = child.role else { return }
        trialEvents.append(event(slot))
    }

    private func spawn(_ child: Child, isRestart: Bool, at now: MonotonicTime) {
        do throws(SystemError) {
            try launcher.start(child)
        } catch {
            log.childSpawnFailed(child.role, error)
            handle(.spawnFailed, child, at: now)
            return
        }
        let number = child.generation.number
        board.started(child.role, pid: child.pid, generation: number, at: now, isRestart: isRestart)
        child.run = Child.Run(
            startedAt: now, requestsBefore: board.requestsBegun(child.role), jitter: Double.random(in: 0..<1))
        log.childStarted(child.role, pid: child.pid, generation: number)
        if let level = log.output.ordered { send(.logLevel(level), to: child) }
        handle(.spawned, child, at: now)
    }

    /// A child that cannot be told is not lost: what it was told has a limit, after which it is killed.
    private func send(_ message: ControlMessage, to child: Child) {
        guard let channel = child.channel else { return }
        do throws(SystemError) {
            guard try channel.send(message) else {
                throw SystemError("write to", "control channel, it is full", EAGAIN)
            }
        } catch {
            log.failed(error)
        }
    }

    private func signal(_ number: Int32, to child: Child) {
        do throws(SystemError) {
            try child.process?.signal(number)
        } catch {
            log.failed(error)
        }
    }

    private func record(_ end: ChildEnd, of child: Child, at now: MonotonicTime) {
        if let reason = end.reason {
            passOnWords(of: child)
            crashes.report(end, of: child, at: now)
            let inFlight = board.ended(child.role, reason: reason)
            log.childEnded(child.role, pid: child.pid, end, reason: reason, inFlight: inFlight)
        }
        child.process = nil
        child.run = nil
        // What a program of its own that reports the crash may still write is nobody's.
        child.words = nil
        switch end.next {
        case .restart(let wait): log.childRestarts(child.role, after: wait)
        case .hold(let wait): log.childHeld(child.role, for: wait)
        // Nor does one that has left; whoever starts next in its row says what for.
        case .nothing: child.generation = generation
        }
        note(child) { .ended(slot: $0, reason: end.reason ?? "it could not be started") }
    }
}
