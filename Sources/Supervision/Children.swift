import Configuration
package import FanOut
import Glibc
package import Processes

/// All children of the supervisor: starts them, listens to them, reaps them, and performs what their slots decide.
package final class Children {
    private let children: [Child]
    private let board: Board
    private let log: SupervisorLog
    private let executable: String
    private let shared: ChildCommand.Shared
    private let companions: [SupervisorOptions.Companion]

    /// Prepares the slots; nothing is started yet.
    package init(
        _ options: SupervisorOptions, workers: Int, shared: ChildCommand.Shared, board: Board, log: SupervisorLog
    ) {
        let roles =
            options.companions.enumerated().map { ChildRole.companion(index: $0.offset, name: $0.element.name) }
            + [.admin] + (0..<workers).map { .worker(slot: $0) }
        let restart = RestartPolicy.Settings(options.configuration.restart)
        children = roles.map { Child($0, restart: restart) }
        companions = options.companions
        executable = options.executable
        self.shared = shared
        self.board = board
        self.log = log
    }

    /// How many workers serve.
    package var workersReady: Int { children.count { $0.role.isWorker && $0.isReady } }
    /// How many workers there should be.
    package var workersWanted: Int { children.count { $0.role.isWorker } }
    /// How many slots are held, of whatever role.
    package var held: Int { children.count { $0.isHeld } }
    /// Whether every child serves.
    package var areAllReady: Bool { children.allSatisfy { $0.isReady } }
    /// How many processes of workers exist.
    package var workersRunning: Int { children.count { $0.role.isWorker && $0.slot.isRunning } }
    /// How many processes of admin and companions exist.
    package var othersRunning: Int { children.count { !$0.role.isWorker && $0.slot.isRunning } }
    /// When `tick` is due; nil when nothing is waited for.
    package var deadline: MonotonicTime? { children.compactMap(\.slot.deadline).min() }

    /// Starts them all.
    package func start(at now: MonotonicTime) {
        for child in children { handle(.start, child, at: now) }
    }

    /// Adds what the children are waited for.
    package func add(to polls: inout PollSet) {
        for (index, child) in children.enumerated() {
            if let process = child.process { polls.read(process.descriptor, .childEnd(index)) }
            if let channel = child.channel { polls.read(channel.descriptor, .childMessage(index)) }
        }
    }

    /// Reaps a child whose pidfd became readable.
    ///
    /// What it said last is read first, so that a reason is not lost.
    package func reap(_ index: Int, at now: MonotonicTime) throws(SystemError) {
        let child = children[index]
        guard let status = try child.process?.reap() else { return }
        try receive(index, at: now)
        child.channel = nil
        handle(.exited(status), child, at: now)
    }

    /// Takes what a child has said.
    ///
    /// A channel that it closed is no news in itself: its end is.
    package func receive(_ index: Int, at now: MonotonicTime) throws(SystemError) {
        let child = children[index]
        // A child that never stops talking must not keep the loop from the others.
        for _ in 0..<16 {
            guard let channel = child.channel else { return }
            switch try channel.receive() {
            case .nothing: return
            case .closed: child.channel = nil
            case .message(.ready): handle(.ready, child, at: now)
            case .message(.failed(let reason)): log.childReportedFailure(child.role, pid: child.pid, reason: reason)
            case .message(.drain): log.childSaidUnknown(child.role, pid: child.pid, text: "drain")
            case .message(.unknown(let text)): log.childSaidUnknown(child.role, pid: child.pid, text: text)
            }
        }
    }

    /// Lets the slots whose time has come go on.
    package func tick(at now: MonotonicTime) {
        for child in children where child.slot.deadline.map({ $0 <= now }) ?? false { handle(.tick, child, at: now) }
    }

    /// Finds workers whose event loop has not shown a sign of life for longer than `stale`.
    package func checkHeartbeats(stale: Duration, at now: MonotonicTime) {
        for child in children where child.role.isWorker {
            guard case .ready(let since) = child.slot.state else { continue }
            let last = max(since, board.heartbeat(child.role) ?? since)
            if now.since(last) > stale { handle(.heartbeatStale, child, at: now) }
        }
    }

    /// Tells workers, or all others, to leave until then.
    package func drain(workers: Bool, until limit: MonotonicTime, at now: MonotonicTime) {
        for child in children where child.role.isWorker == workers { handle(.drain(until: limit), child, at: now) }
    }

    /// Kills every process at once.
    package func killAll(at now: MonotonicTime) {
        for child in children { handle(.kill, child, at: now) }
    }

    private func handle(_ event: ChildSlot.Event, _ child: Child, at now: MonotonicTime) {
        let actions = child.slot.handle(event, at: now, jitter: Double.random(in: 0..<1))
        for action in actions { perform(action, child, at: now) }
        board.show(child.role, child.slot.state)
    }

    private func perform(_ action: ChildSlot.Action, _ child: Child, at now: MonotonicTime) {
        switch action {
        case .spawn(let isRestart): spawn(child, isRestart: isRestart, at: now)
        case .requestDrain: send(.drain, to: child)
        case .signal(let number): signal(number, to: child)
        case .announceReady: log.childReady(child.role, pid: child.pid)
        case .announceStartTimeout: log.childStartTimedOut(child.role, pid: child.pid)
        case .announceUnresponsive: log.childUnresponsive(child.role, pid: child.pid)
        case .announceDrainTimeout: log.childDrainTimedOut(child.role, pid: child.pid)
        case .recordEnd(let reason, let beforeReady, let next): end(child, reason, beforeReady, next)
        }
    }

    private func spawn(_ child: Child, isRestart: Bool, at now: MonotonicTime) {
        do throws(SystemError) {
            let (ours, theirs) = try ControlChannel.pair()
            let command = command(of: child.role, channel: theirs.descriptor.number)
            let spawn = Spawn(
                executable: executable, arguments: command.arguments, descriptors: command.descriptors)
            // Its descriptor closes with it, and the child must find it open.
            child.process = try withExtendedLifetime(theirs) { () throws(SystemError) in try spawn.start() }
            child.channel = ours
        } catch {
            log.childSpawnFailed(child.role, error)
            handle(.spawnFailed, child, at: now)
            return
        }
        board.started(child.role, pid: child.pid, at: now, isRestart: isRestart)
        log.childStarted(child.role, pid: child.pid)
        handle(.spawned, child, at: now)
    }

    private func command(of role: ChildRole, channel: Int32) -> ChildCommand {
        switch role {
        case .worker(let slot): .worker(slot: slot, generation: 1, channel: channel, shared: shared)
        case .admin: .admin(channel: channel, shared: shared)
        case .companion(let index, _): .companion(companions[index], channel: channel)
        }
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

    private func end(_ child: Child, _ reason: String?, _ beforeReady: Bool, _ next: ChildSlot.Next) {
        if let reason {
            let inFlight = board.ended(child.role, reason: reason)
            log.childEnded(
                child.role, pid: child.pid, reason: reason, beforeReady: beforeReady, inFlight: inFlight, next: next)
        }
        child.process = nil
        switch next {
        case .restart(let wait): log.childRestarts(child.role, after: wait)
        case .hold(let wait): log.childHeld(child.role, for: wait)
        case .nothing: break
        }
    }
}
