import Base
import Configuration
import Processes
import Scoreboard

/// Replaces workers while they serve: reloads, restarts and recycling, one roll at a time.
///
/// What is asked for during a roll waits for its end, however often it is asked for: one reload then follows.
final class Rolls {
    private enum Purpose {
        case reload
        case restart
        case upgrade
        case recycle

        var name: String {
            switch self {
            case .reload: "reload"
            case .restart: "restart"
            case .upgrade: "upgrade"
            case .recycle: "recycle"
            }
        }
    }

    /// The roll in progress.
    private struct Roll {
        var purpose: Purpose
        var slots: [Int]
        /// Whether it is shown as a reload: of all workers, and not of some.
        var isOfAll: Bool
        var generation: Generation
        var plan: RollPlan
    }

    private let children: Children
    private let board: Board
    private let log: SupervisorLog
    private let read: (() throws(RefusedReload) -> (configuration: Configuration, bytes: [UInt8]))?
    private var roll: Roll?
    private var isReloadWanted = false
    private var isRestartOfAllWanted = false
    /// The workers are another program's.
    private var isUpgradeWanted = false
    private var restartsWanted: Set<Int> = []
    /// A scale that was asked for during a roll.
    private var workersAskedFor: Int?
    /// After a reload that was refused or failed, when the next one may be tried.
    private var reloadNotBefore: MonotonicTime
    private var recycleCheckAt: MonotonicTime

    init(_ children: Children, _ options: SupervisorOptions, at now: MonotonicTime) {
        self.children = children
        board = children.board
        log = children.log
        read = options.reload
        reloadNotBefore = now
        recycleCheckAt = now
    }

    /// Whether all workers are being rolled; replacing one is nothing special.
    var isReloading: Bool { roll?.isOfAll ?? false }

    /// When `advance` is due; nil when nothing is waited for.
    var deadline: MonotonicTime? {
        if let roll { return children.hasTrialEvents ? MonotonicTime(nanoseconds: 0) : roll.plan.deadline }
        // What waits for a worker to leave is begun in the round in which that ends.
        guard children.areAllSettled else { return nil }
        if isReloadWanted { return reloadNotBefore }
        return children.generation.configuration.recycle.isOn ? recycleCheckAt : nil
    }

    /// Whether nothing rolls and nothing waits to.
    var isIdle: Bool {
        roll == nil && !isReloadWanted && !isRestartOfAllWanted && restartsWanted.isEmpty && !isUpgradeWanted
            && workersAskedFor == nil
    }

    // MARK: What can be asked for

    /// This program has taken over from another, whose workers serve: its own take their place.
    func upgrade() {
        isUpgradeWanted = true
    }

    /// HUP: reads the configuration again and rolls to it, as soon as nothing else rolls.
    func hangUp() {
        isReloadWanted = true
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
        isReloadWanted = true
        showQueued()
        return "{\"reload\":\"accepted\"}"
    }

    /// Replaces the worker in a slot, or all of them, with the same configuration; answers on the control socket.
    func restart(_ id: Int?, at now: MonotonicTime) -> String {
        guard let id else {
            isRestartOfAllWanted = true
            showQueued()
            return "{\"restart\":\"accepted\"}"
        }
        guard (0..<children.workersWanted).contains(id) else {
            return ControlCommand.errorAnswer(
                "there is no worker \(id); workers are 0 to \(children.workersWanted - 1)")
        }
        if !children.release(id, at: now) { restartsWanted.insert(id) }
        return "{\"restart\":\"accepted\"}"
    }

    /// Makes it so many workers; throws why it cannot.
    func scale(to count: Int, because cause: String) throws(RefusedReload) {
        guard (1...Bounds.workers).contains(count) else {
            let refusal = RefusedReload("there can be 1 to \(Bounds.workers) workers, not \(count)")
            log.scaleRefused(refusal.description, because: cause)
            throw refusal
        }
        log.scaled(from: workersAskedFor ?? children.workersWanted, to: count, because: cause)
        workersAskedFor = count
    }

    /// One worker more or fewer, from what was asked for last.
    func scale(by difference: Int, because cause: String) {
        let count = (workersAskedFor ?? children.workersWanted) + difference
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
        if let count = workersAskedFor {
            workersAskedFor = nil
            children.scale(to: count, at: now)
        }
        children.startMissing(at: now)
        guard children.areAllSettled else { return }
        if isReloadWanted, now >= reloadNotBefore {
            beginReload(at: now)
        } else if isUpgradeWanted {
            isUpgradeWanted = false
            begin(.upgrade, children.slotsInUse.map(\.id), children.generation, isOfAll: true, at: now)
        } else if isRestartOfAllWanted || !restartsWanted.isEmpty {
            beginRestart(at: now)
        } else if children.generation.configuration.recycle.isOn, now >= recycleCheckAt {
            recycleCheckAt = now + SupervisionLimits.recycleCheck
            beginRecycling(at: now)
        }
    }

    private func beginReload(at now: MonotonicTime) {
        isReloadWanted = false
        do throws(RefusedReload) {
            let (configuration, bytes) = try readAndCheck()
            let generation = try self.generation(configuration, bytes)
            let slots = Array(0..<workers(of: generation))
            begin(.reload, slots, generation, isOfAll: true, at: now)
        } catch {
            refused(error, at: now)
        }
    }

    private func beginRestart(at now: MonotonicTime) {
        let isOfAll = isRestartOfAllWanted
        let slots = children.slotsInUse.map(\.id).filter { isOfAll || restartsWanted.contains($0) }
        isRestartOfAllWanted = false
        restartsWanted = []
        if !slots.isEmpty { begin(.restart, slots, children.generation, isOfAll: isOfAll, at: now) }
    }

    private func beginRecycling(at now: MonotonicTime) {
        let generation = children.generation
        let policy = RecyclePolicy(generation.configuration.recycle)
        for slot in children.slotsInUse {
            let child = slot.current
            guard let run = child.run, child.isReady else { continue }
            let used = RecyclePolicy.Used(
                requests: board.requestsBegun(child.role) &- run.requestsBefore, lifetime: now.since(run.startedAt),
                residentBytes: ProcessUsage.read(pid: child.pid)?.residentBytes)
            guard let reason = policy.reason(for: used, jitter: run.jitter) else { continue }
            return begin(.recycle, [slot.id], generation, isOfAll: false, because: reason, at: now)
        }
    }

    private func begin(
        _ purpose: Purpose, _ slots: [Int], _ generation: Generation, isOfAll: Bool, because reason: String? = nil,
        at now: MonotonicTime
    ) {
        log.rollStarted(purpose.name, slots: slots, generation: generation.number, because: reason)
        // A single worker whose configuration has proved itself need not do so again.
        var plan = RollPlan(slots: slots, canary: isOfAll ? generation.configuration.reload.canary : .zero)
        let action = plan.begin(at: now)
        roll = Roll(purpose: purpose, slots: slots, isOfAll: isOfAll, generation: generation, plan: plan)
        if isReloading { board.show(.rolling, generation: generation.number) }
        perform(action, at: now)
    }

    private func perform(_ action: RollPlan.Action, at now: MonotonicTime) {
        guard let roll else { return }
        switch action {
        case .start(let slots): children.startTrials(slots, of: roll.generation, at: now)
        case .switchOver: switchOver(roll, at: now)
        case .giveUp(let reason): giveUp(roll, reason, at: now)
        }
    }

    private func switchOver(_ roll: Roll, at now: MonotonicTime) {
        children.keepTrials(roll.slots, reason: roll.purpose == .recycle ? "recycled" : nil, at: now)
        log.rollDone(roll.purpose.name, generation: roll.generation.number)
        if isReloading { board.show(.done, generation: roll.generation.number) }
        self.roll = nil
        if roll.purpose == .reload {
            let old = children.generation
            children.adopt(roll.generation)
            board.show(roll.generation)
            children.scale(to: roll.slots.count, at: now)
            let addresses = roll.generation.listeners.sockets.map(\.address.description)
            if addresses != old.listeners.sockets.map(\.address.description) { log.listeningChanged(addresses) }
            old.letGo(keeping: roll.generation.listeners)
        }
        if roll.purpose == .upgrade { children.replaceOthers(at: now) }
        showQueued()
    }

    private func giveUp(_ roll: Roll, _ reason: String, at now: MonotonicTime) {
        children.dropTrials(at: now)
        log.rollFailed(roll.purpose.name, generation: roll.generation.number, reason: reason)
        if isReloading { board.show(.failed, generation: roll.generation.number, message: reason) }
        self.roll = nil
        switch roll.purpose {
        case .reload:
            roll.generation.letGo(keeping: children.generation.listeners)
            reloadNotBefore = now + SupervisionLimits.reloadPause
        case .restart, .upgrade: break
        case .recycle: recycleCheckAt = now + SupervisionLimits.recyclePause
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
    private func workers(of generation: Generation) -> Int {
        generation.workers == children.generation.workers ? children.workersWanted : generation.workers
    }

    private func refused(_ refusal: RefusedReload, at now: MonotonicTime) {
        log.reloadRefused(reason: refusal.description)
        reloadNotBefore = now + SupervisionLimits.reloadPause
        if roll == nil {
            board.show(.refused, generation: children.generation.number + 1, message: refusal.description)
        }
    }

    /// What waits is shown as soon as what was before it is over.
    private func showQueued() {
        guard !isReloading, isReloadWanted || isRestartOfAllWanted else { return }
        board.show(.queued, generation: children.generation.number + (isReloadWanted ? 1 : 0))
    }
}
