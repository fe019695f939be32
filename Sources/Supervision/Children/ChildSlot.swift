package import Base
package import Configuration
package import Processes

/// The life of whatever runs in one slot: a worker, the admin process or a companion.
///
/// Pure: an event in, actions out.
///
/// It knows no process id and no clock of its own. Who owns it performs the actions in order.
package struct ChildSlot: Sendable {
    /// Where the slot stands.
    ///
    /// A `killAt` or `until` of nil means that SIGKILL was sent and the end is awaited.
    package enum State: Sendable, Hashable {
        /// Nothing runs and nothing is planned.
        case stopped
        /// It died and starts again then.
        case dead(restartAt: MonotonicTime)
        /// It died too often and is left alone until then.
        case held(until: MonotonicTime)
        /// It runs and has not said `ready`.
        case starting(until: MonotonicTime?)
        /// It serves.
        case ready(since: MonotonicTime)
        /// Its heartbeat is stale; SIGABRT was sent.
        case unresponsive(readySince: MonotonicTime, killAt: MonotonicTime?)
        /// It was told to leave; `reason` is what a clean end is reported as, nil for the exit status.
        case draining(killAt: MonotonicTime?, reason: String? = nil)
    }

    /// What happened.
    package enum Event: Sendable, Hashable {
        /// It shall run: the first start.
        case start
        /// It shall show whether it can serve: whatever ends it, it is not started again.
        case startOnTrial
        /// It was started by the program that ran in this process before, and serves.
        case adopted
        /// It has shown that it can: from now on it is started again when it ends.
        case keep
        /// It shall not wait any longer, where it is held or waits for its next start, and begin with a clean record.
        case release
        /// The spawn worked.
        case spawned
        /// The spawn failed.
        case spawnFailed
        /// The child said `ready`.
        case ready
        /// Its heartbeat is too old.
        case heartbeatStale
        /// It has ended and was reaped.
        case exited(ProcessExit)
        /// It shall leave, and be killed when it has not by then; a clean end is reported as `reason`, where there is one.
        case drain(until: MonotonicTime, reason: String? = nil)
        /// It shall be gone at once.
        case kill
        /// Time has passed; due at `deadline`.
        case tick
    }

    /// What to do.
    package enum Action: Sendable, Hashable {
        /// Start a process, and report `spawned` or `spawnFailed`.
        case spawn(isRestart: Bool)
        /// Send `drain` over its channel.
        case requestDrain
        /// Send it this signal.
        case signal(Int32)
        /// It serves from now on.
        case announceReady
        /// It did not become ready in time and is being killed.
        case announceStartTimeout
        /// Its heartbeat is stale and it is being aborted.
        case announceUnresponsive
        /// It did not leave in time and is being killed.
        case announceDrainTimeout
        /// It is gone.
        case recordEnd(ChildEnd)
    }

    package private(set) var state: State = .stopped
    private let restart: RestartSettings
    private var policy: RestartPolicy
    /// False before it was kept, and once it was told to leave: what ends then is not started again.
    private(set) var isWanted = false
    /// Whether an earlier process ran here, so that the next one is a restart.
    private var hasRun = false

    package init(restart: RestartSettings) {
        self.restart = restart
        policy = RestartPolicy(restart)
    }

    /// When `tick` is due; nil when nothing is waited for.
    package var deadline: MonotonicTime? {
        switch state {
        case .stopped, .ready: nil
        case .dead(let time), .held(let time): time
        case .starting(let time), .draining(let time, _), .unresponsive(_, let time): time
        }
    }

    /// Whether a process exists that must be reaped.
    package var isRunning: Bool {
        switch state {
        case .stopped, .dead, .held: false
        case .starting, .ready, .unresponsive, .draining: true
        }
    }

    /// Takes an event and says what to do; `jitter` is a random number from 0 up to 1.
    package mutating func handle(_ event: Event, at now: MonotonicTime, jitter: Double) -> [Action] {
        switch event {
        case .start: return start(isKept: true)
        case .startOnTrial: return start(isKept: false)
        case .adopted: return adopted(at: now)
        case .keep: return keep()
        case .release: return release()
        case .spawned: return spawned(at: now)
        case .spawnFailed: return ended(reason: nil, beforeReady: true, uptime: .zero, at: now, jitter: jitter)
        case .ready: return becameReady(at: now)
        case .heartbeatStale: return becameUnresponsive(at: now)
        case .exited(let status): return exited(status, at: now, jitter: jitter)
        case .drain(let limit, let reason): return drain(until: limit, reason)
        case .kill: return kill()
        case .tick: return tick(at: now)
        }
    }

    private mutating func start(isKept: Bool) -> [Action] {
        guard state == .stopped, !isWanted else { return [] }
        isWanted = isKept
        hasRun = false
        policy = RestartPolicy(restart)
        return [.spawn(isRestart: false)]
    }

    private mutating func adopted(at now: MonotonicTime) -> [Action] {
        isWanted = true
        hasRun = true
        state = .ready(since: now)
        return []
    }

    private mutating func keep() -> [Action] {
        isWanted = true
        // It may have ended just before it was kept.
        return state == .stopped ? [.spawn(isRestart: hasRun)] : []
    }

    private mutating func release() -> [Action] {
        switch state {
        case .dead, .held:
            policy = RestartPolicy(restart)
            return [.spawn(isRestart: hasRun)]
        case .stopped, .starting, .ready, .unresponsive, .draining: return []
        }
    }

    private mutating func spawned(at now: MonotonicTime) -> [Action] {
        hasRun = true
        state = .starting(until: now + SupervisionLimits.start)
        return []
    }

    private mutating func becameReady(at now: MonotonicTime) -> [Action] {
        // Only the first word counts, and not that of a child that is being killed or drained.
        guard case .starting(.some) = state else { return [] }
        state = .ready(since: now)
        return [.announceReady]
    }

    private mutating func becameUnresponsive(at now: MonotonicTime) -> [Action] {
        guard case .ready(let since) = state else { return [] }
        state = .unresponsive(readySince: since, killAt: now + SupervisionLimits.abort)
        return [.announceUnresponsive, .signal(SignalNumber.abort)]
    }

    private mutating func drain(until limit: MonotonicTime, _ reason: String?) -> [Action] {
        isWanted = false
        switch state {
        case .stopped: return []
        case .dead, .held:
            state = .stopped
            return []
        case .ready:
            state = .draining(killAt: limit, reason: reason)
            return [.requestDrain]
        case .starting(let startLimit):
            // One that is being killed already stays so; another gets no longer than it had to start.
            state = .draining(killAt: startLimit.map { min($0, limit) }, reason: reason)
            return [.requestDrain]
        case .unresponsive, .draining:
            return []
        }
    }

    private mutating func kill() -> [Action] {
        isWanted = false
        guard isRunning else {
            state = .stopped
            return []
        }
        state = .draining(killAt: nil)
        return [.signal(SignalNumber.kill)]
    }

    private mutating func tick(at now: MonotonicTime) -> [Action] {
        guard let deadline, now >= deadline else { return [] }
        switch state {
        case .dead, .held: return [.spawn(isRestart: hasRun)]
        case .starting:
            state = .starting(until: nil)
            return [.announceStartTimeout, .signal(SignalNumber.kill)]
        case .unresponsive(let since, _):
            state = .unresponsive(readySince: since, killAt: nil)
            return [.signal(SignalNumber.kill)]
        case .draining:
            // A worker that has to be killed ended otherwise than it was meant to, so the reason does not stay.
            state = .draining(killAt: nil)
            return [.announceDrainTimeout, .signal(SignalNumber.kill)]
        case .stopped, .ready: return []
        }
    }

    private mutating func exited(_ status: ProcessExit, at now: MonotonicTime, jitter: Double) -> [Action] {
        switch state {
        case .ready(let since):
            return ended(
                reason: status.description, beforeReady: false, uptime: now.since(since), at: now, jitter: jitter)
        case .unresponsive(let since, _):
            return ended(reason: "unresponsive", beforeReady: false, uptime: now.since(since), at: now, jitter: jitter)
        case .starting:
            return ended(reason: status.description, beforeReady: true, uptime: .zero, at: now, jitter: jitter)
        case .draining(_, let reason):
            let told = status == .exited(0) ? reason ?? status.description : status.description
            return ended(reason: told, beforeReady: false, uptime: .zero, at: now, jitter: jitter)
        case .stopped, .dead, .held:
            preconditionFailure("only a process that runs can end, and it is reaped once")
        }
    }

    private mutating func ended(
        reason: String?, beforeReady: Bool, uptime: Duration, at now: MonotonicTime, jitter: Double
    ) -> [Action] {
        guard isWanted else {
            state = .stopped
            return [.recordEnd(ChildEnd(reason: reason, beforeReady: beforeReady, next: .nothing))]
        }
        let next: ChildEnd.Next
        switch policy.died(at: now, uptime: uptime, jitter: jitter) {
        case .restart(let wait):
            state = .dead(restartAt: now + wait)
            next = .restart(after: wait)
        case .hold(let wait):
            state = .held(until: now + wait)
            next = .hold(for: wait)
        }
        return [.recordEnd(ChildEnd(reason: reason, beforeReady: beforeReady, next: next))]
    }
}

/// The two signals that a slot asks for; their numbers are the same on every Linux, signal(7).
private enum SignalNumber {
    static let abort: Int32 = 6
    static let kill: Int32 = 9
}
