import Base
import Configuration
import Processes
import Scoreboard

/// Replaces workers while they serve: reloads, restarts and recycling, one roll at a time.
///
/// What is asked for during a roll waits for its end, however often it is asked for: one reload then follows.
final class Rolls {
    private let workers: Workers
    private let board: Board
    private let log: SupervisorLog
    private let read: (() throws(RefusedReload) -> (configuration: Configuration, bytes: [UInt8]))?
    private var queue: RollQueue
    private var roll: Roll?

    private var children: Children { workers.children }
    private var recycles: Bool { children.generation.configuration.lifecycle.recycle.isOn }

    init(_ workers: Workers, _ options: SupervisorOptions, at now: MonotonicTime) {
        self.workers = workers
        board = workers.children.board
        log = workers.children.log
        read = options.reload
        queue = RollQueue(at: now)
    }

    /// Whether all workers are being rolled; replacing one is nothing special.
    var isReloading: Bool { roll?.isOfAll ?? false }

    /// When `advance` is due; nil when nothing is waited for.
    var deadline: MonotonicTime? {
        if let roll { return children.hasTrialEvents ? MonotonicTime(nanoseconds: 0) : roll.plan.deadline }
        // What waits for a worker to leave is begun in the round in which that ends.
        return workers.areAllSettled ? queue.deadline(recycles: recycles) : nil
    }

    /// Whether nothing rolls and nothing waits to.
    var isIdle: Bool { roll == nil && queue.isEmpty }

    // MARK: What can be asked for

    /// This program has taken over from another, whose workers serve: its own take their place.
    func upgrade() {
        queue.isUpgradeWanted = true
    }

    /// HUP: reads the configuration again and rolls to it, as soon as nothing else rolls.
    func hangUp() {
        queue.isReloadWanted = true
        showQueued()
    }

    /// The same for the control socket: a configuration that cannot be used is told at once.
    func reload(at now: MonotonicTime) -> String {
        do throws(RefusedReload) {
            _ = try readAndCheck()
        } catch {
            refused(error, at: now)
            return ControlCommand.errorAnswer(error.description)
        }
        queue.isReloadWanted = true
        showQueued()
        return "{\"reload\":\"accepted\"}"
    }

    /// Replaces the worker in a slot, or all of them, with the same configuration; answers on the control socket.
    func restart(_ id: Int?, at now: MonotonicTime) -> String {
        guard let id else {
            queue.isRestartOfAllWanted = true
            showQueued()
            return "{\"restart\":\"accepted\"}"
        }
        guard (0..<workers.wanted).contains(id) else {
            return ControlCommand.errorAnswer(
                "there is no worker \(id); workers are 0 to \(workers.wanted - 1)")
        }
        if !workers.release(id, at: now) { queue.restartsWanted.insert(id) }
        return "{\"restart\":\"accepted\"}"
    }

    /// Makes it so many workers; throws why it cannot.
    func scale(to count: Int, because cause: String) throws(RefusedReload) {
        guard (1...Bounds.workers).contains(count) else {
            let refusal = RefusedReload("there can be 1 to \(Bounds.workers) workers, not \(count)")
            log.scaleRefused(refusal.description, because: cause)
            throw refusal
        }
        log.scaled(from: queue.workersAskedFor ?? workers.wanted, to: count, because: cause)
        queue.workersAskedFor = count
    }

    /// One worker more or fewer, from what was asked for last.
    func scale(by difference: Int, because cause: String) {
        let count = (queue.workersAskedFor ?? workers.wanted) + difference
        // The refusal is in the log, and a signal has no answer.
        try? scale(to: count, because: cause)
    }

    // MARK: The way

    /// Takes what happened since the last call, and begins what can be begun; called in every round of the loop.
    func advance(at now: MonotonicTime) {
        for event in children.takeTrialEvents() + [.tick] {
            if let action = roll?.plan.handle(event, at: now) { perform(action, at: now) }
        }
        guard roll == nil else { return }
        if let count = queue.takeWorkersAskedFor() { workers.scale(to: count, at: now) }
        workers.startMissing(at: now)
        guard workers.areAllSettled else { return }
        let slots = workers.slotsInUse.map(\.id)
        switch queue.next(slots: slots, recycles: recycles, at: now) {
        case .none: break
        case .reload: beginReload(at: now)
        case .upgrade: begin(Roll(.upgrade, slots, children.generation, isOfAll: true), at: now)
        case .restart(let slots, let isOfAll):
            begin(Roll(.restart, slots, children.generation, isOfAll: isOfAll), at: now)
        case .recycling: beginRecycling(at: now)
        }
    }

    private func beginReload(at now: MonotonicTime) {
        do throws(RefusedReload) {
            let (configuration, bytes) = try readAndCheck()
            let generation = try self.generation(configuration, bytes)
            begin(Roll(.reload, Array(0..<count(for: generation)), generation, isOfAll: true), at: now)
        } catch {
            refused(error, at: now)
        }
    }

    private func beginRecycling(at now: MonotonicTime) {
        let generation = children.generation
        let policy = RecyclePolicy(generation.configuration.lifecycle.recycle)
        for slot in workers.slotsInUse {
            let child = slot.current
            guard let run = child.run, child.isReady else { continue }
            let used = RecyclePolicy.Used(
                requests: board.requestsBegun(child.role) &- run.requestsBefore, lifetime: now.since(run.startedAt),
                residentBytes: ProcessUsage.read(pid: child.pid)?.residentBytes)
            guard let reason = policy.reason(for: used, jitter: run.jitter) else { continue }
            return begin(Roll(.recycle, [slot.id], generation, isOfAll: false), because: reason, at: now)
        }
    }

    private func begin(_ roll: Roll, because reason: String? = nil, at now: MonotonicTime) {
        log.rollStarted(
            roll.purpose.rawValue, slots: roll.slots, generation: roll.generation.number, because: reason)
        var roll = roll
        let action = roll.plan.begin(at: now)
        self.roll = roll
        if isReloading { board.show(.rolling, generation: roll.generation.number) }
        perform(action, at: now)
    }

    private func perform(_ action: RollPlan.Action, at now: MonotonicTime) {
        guard let roll else { return }
        switch action {
        case .start(let slots): workers.startTrials(slots, of: roll.generation, at: now)
        case .switchOver: switchOver(roll, at: now)
        case .giveUp(let reason): giveUp(roll, reason, at: now)
        }
    }

    private func switchOver(_ roll: Roll, at now: MonotonicTime) {
        workers.keepTrials(roll.slots, reason: roll.purpose == .recycle ? "recycled" : nil, at: now)
        log.rollDone(roll.purpose.rawValue, generation: roll.generation.number)
        if isReloading { board.show(.done, generation: roll.generation.number) }
        self.roll = nil
        if roll.purpose == .reload {
            let old = children.generation
            children.adopt(roll.generation)
            board.show(roll.generation)
            workers.scale(to: roll.slots.count, at: now)
            let addresses = roll.generation.listeners.sockets.map(\.address.description)
            if addresses != old.listeners.sockets.map(\.address.description) { log.listeningChanged(addresses) }
            old.letGo(keeping: roll.generation.listeners)
        }
        if roll.purpose == .upgrade { children.replaceOthers(at: now) }
        showQueued()
    }

    private func giveUp(_ roll: Roll, _ reason: String, at now: MonotonicTime) {
        workers.dropTrials(at: now)
        log.rollFailed(roll.purpose.rawValue, generation: roll.generation.number, reason: reason)
        if isReloading { board.show(.failed, generation: roll.generation.number, message: reason) }
        self.roll = nil
        switch roll.purpose {
        case .reload:
            roll.generation.letGo(keeping: children.generation.listeners)
            queue.reloadFailed(at: now)
        case .restart, .upgrade: break
        case .recycle: queue.recyclingFailed(at: now)
        }
        showQueued()
    }

    // MARK: The new configuration

    /// Throws every mistake, and what only a restart can change.
    private func readAndCheck() throws(RefusedReload) -> (configuration: Configuration, bytes: [UInt8]) {
        guard let read else { throw RefusedReload("there is no file to read the configuration from") }
        let new = try read()
        let reasons = ConfigurationChange.needsRestart(
            from: children.generation.configuration, to: new.configuration)
        guard reasons.isEmpty else { throw RefusedReload(reasons.joined(separator: "\n")) }
        return new
    }

    /// Opens what it needs beside what is open already.
    private func generation(_ configuration: Configuration, _ bytes: [UInt8]) throws(RefusedReload) -> Generation {
        var listeners: Listeners?
        do {
            try board.register(configuration, at: .now())
            let opened = try children.generation.listeners.reopened(for: configuration)
            listeners = opened
            return try Generation(children.generation.number + 1, configuration, bytes: bytes, listeners: opened)
        } catch {
            listeners?.close(except: children.generation.listeners)
            throw RefusedReload("\(error)")
        }
    }

    /// What the new configuration asks for; what was scaled stays where that is what the old one asked for.
    private func count(for generation: Generation) -> Int {
        generation.workers == children.generation.workers ? workers.wanted : generation.workers
    }

    private func refused(_ refusal: RefusedReload, at now: MonotonicTime) {
        log.reloadRefused(reason: refusal.description)
        queue.reloadFailed(at: now)
        if roll == nil {
            board.show(.refused, generation: children.generation.number + 1, message: refusal.description)
        }
    }

    /// What waits is shown as soon as what was before it is over.
    private func showQueued() {
        guard !isReloading, queue.isReloadWanted || queue.isRestartOfAllWanted else { return }
        board.show(.queued, generation: children.generation.number + (queue.isReloadWanted ? 1 : 0))
    }
}
