package import Base
import Configuration
import Glibc
package import Processes
import Scoreboard

/// All children of the supervisor: starts them, listens to them, reaps them, and performs what their slots decide.
package final class Children {
    /// In the order in which they were made; what a poll reports names them by their place here, so none is ever removed.
    private(set) var all: [Child]
    /// Every slot that was ever used; those from `workersWanted` on are out of use.
    private(set) var slots: [WorkerSlot] = []
    /// How many workers there should be.
    package internal(set) var workersWanted = 0
    /// The configuration in use: what is started anew gets it.
    package internal(set) var generation: Generation
    /// What workers on trial did since the last look.
    private var trialEvents: [RollPlan.Event] = []
    var suspect = CrashSuspect()

    let board: Board
    let log: SupervisorLog
    private let executable: String
    private let admin: ListeningSocket
    private let companions: [SupervisorOptions.Companion]

    /// Prepares the slots; nothing is started yet.
    package init(
        _ options: SupervisorOptions, _ generation: Generation, admin: ListeningSocket, board: Board, log: SupervisorLog
    ) {
        let roles = options.companions.enumerated().map { ChildRole.companion(index: $0.offset, name: $0.element.name) }
        all = (roles + [.admin]).map { Child($0, generation) }
        companions = options.companions
        executable = options.executable
        self.generation = generation
        self.admin = admin
        self.board = board
        self.log = log
    }

    /// How many workers serve.
    package var workersReady: Int { slots.prefix(workersWanted).count { $0.isReady } }
    /// How many slots are held, of whatever role.
    package var held: Int { all.count { $0.isHeld } }
    /// Whether every child serves.
    package var areAllReady: Bool {
        workersReady == workersWanted && all.allSatisfy { $0.role.isWorker || $0.isReady }
    }
    /// How many processes of workers exist.
    package var workersRunning: Int { all.count { $0.role.isWorker && $0.slot.isRunning } }
    /// How many processes of admin and companions exist.
    package var othersRunning: Int { all.count { !$0.role.isWorker && $0.slot.isRunning } }
    /// When `tick` is due; nil when nothing is waited for.
    package var deadline: MonotonicTime? { all.compactMap(\.slot.deadline).min() }

    /// Starts them all.
    package func start(at now: MonotonicTime) {
        for child in all { handle(.start, child, at: now) }
        scale(to: generation.workers, at: now)
    }

    /// Makes slots until there are so many; each begins in its first row, unless a process of before runs in the other.
    func makeSlots(_ count: Int, rows: [Int: Int] = [:]) {
        while slots.count < count {
            let slot = WorkerSlot(slots.count, firstRow: rows[slots.count] ?? 0, generation)
            slots.append(slot)
            all += slot.children
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
        case .recordEnd(let reason, let beforeReady, let next): end(child, reason, beforeReady, next)
        }
    }

    private func note(_ child: Child, _ event: (_ slot: Int) -> RollPlan.Event) {
        guard child.isOnTrial, case .worker(let slot, _) = child.role else { return }
        trialEvents.append(event(slot))
    }

    private func spawn(_ child: Child, isRestart: Bool, at now: MonotonicTime) {
        do throws(SystemError) {
            let (ours, theirs) = try ControlChannel.pair()
            let command = command(of: child, channel: theirs.descriptor.number)
            // Those of companions go where the supervisor's go: they are part of the demo, and have no reports.
            let output = child.role.isWorker ? try ErrorOutput.pipe() : nil
            let writer = output?.writer
            defer { if let writer { _ = Descriptor(owning: writer) } }
            let spawn = Spawn(
                executable: executable, arguments: command.arguments, descriptors: command.descriptors,
                standardError: writer)
            // Its descriptor closes with it, and the child must find it open.
            child.process = try withExtendedLifetime(theirs) { () throws(SystemError) in try spawn.start() }
            child.channel = ours
            child.words = output?.reader
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

    private func command(of child: Child, channel: Int32) -> ChildCommand {
        let generation = child.generation
        let shared = ChildCommand.Shared(
            scoreboard: board.descriptor.number, scoreboardReadOnly: board.readOnlyDescriptor.number,
            configuration: generation.memory.number,
            listeners: generation.listeners.sockets.map { $0.descriptor.number }, admin: admin.descriptor.number)
        return switch child.role {
        case .worker(let slot, let row):
            .worker(
                slot: slot, row: row, generation: generation.number, isOnTrial: child.isOnTrial, channel: channel,
                shared: shared)
        case .admin: .admin(channel: channel, shared: shared)
        case .companion(let index, _): .companion(companions[index], channel: channel)
        }
    }

    /// A child that cannot be told is not lost: what it was told has a limit, after which it is killed.
    func send(_ message: ControlMessage, to child: Child) {
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

    private func end(_ child: Child, _ reason: String?, _ beforeReady: Bool, _ next: ChildSlot.Next) {
        if let reason {
            passOnWords(of: child)
            reportCrash(of: child, reason, next)
            let inFlight = board.ended(child.role, reason: reason)
            log.childEnded(
                child.role, pid: child.pid, reason: reason, beforeReady: beforeReady, inFlight: inFlight, next: next)
        }
        child.process = nil
        child.run = nil
        // What a program of its own that reports the crash may still write is nobody's.
        child.words = nil
        switch next {
        case .restart(let wait): log.childRestarts(child.role, after: wait)
        case .hold(let wait): log.childHeld(child.role, for: wait)
        // Nor does one that has left; whoever starts next in its row says what for.
        case .nothing: child.generation = generation
        }
        note(child) { .ended(slot: $0, reason: reason ?? "it could not be started") }
    }
}
