import Base
import Configuration

/// The slots of the workers: how many there are, and how one process follows another in each.
final class Workers {
    let children: Children
    /// Every slot that was ever used; those from `wanted` on are out of use.
    private(set) var slots: [WorkerSlot] = []
    /// How many workers there should be.
    private(set) var wanted = 0

    init(_ children: Children) {
        self.children = children
    }

    /// The slots in use.
    var slotsInUse: ArraySlice<WorkerSlot> { slots.prefix(wanted) }
    /// How many workers serve.
    var ready: Int { slotsInUse.count { $0.isReady } }
    /// Whether every child serves.
    var areAllReady: Bool { ready == wanted && children.areOthersReady }
    /// Whether no worker drains beside the one that followed it, and none is on trial.
    var areAllSettled: Bool { slots.allSatisfy { $0.hasFreeRow } }

    /// Makes slots until there are so many; each begins in its first row, unless a process of before runs in the other.
    func makeSlots(_ count: Int, rows: [Int: Int] = [:]) {
        while slots.count < count {
            let slot = WorkerSlot(slots.count, firstRow: rows[slots.count] ?? 0, children.generation)
            slots.append(slot)
            children.add(slot)
        }
    }

    /// Makes it so many workers: the highest slots drain, or further ones start.
    func scale(to count: Int, at now: MonotonicTime) {
        makeSlots(count)
        wanted = count
        children.board.setWanted(count)
        for slot in slots.dropFirst(count) { children.handle(drain(at: now), slot.current, at: now) }
        startMissing(at: now)
    }

    /// Starts what is wanted in each slot that was out of use, as soon as one of its rows is free.
    func startMissing(at now: MonotonicTime) {
        children.startOthers(at: now)
        for slot in slotsInUse where !slot.current.slot.isWanted && !slot.other.isOnTrial {
            if slot.current.slot.isRunning {
                guard slot.hasFreeRow else { continue }
                slot.turn()
            }
            slot.current.prepare(for: children.generation)
            children.handle(.start, slot.current, at: now)
        }
    }

    /// Starts workers of this configuration beside those that serve; each must have a free row.
    func startTrials(_ ids: [Int], of generation: Generation, at now: MonotonicTime) {
        makeSlots((ids.max() ?? -1) + 1)
        for id in ids {
            let child = slots[id].other
            child.prepare(for: generation)
            child.isOnTrial = true
            children.handle(.startOnTrial, child, at: now)
        }
    }

    /// Keeps the workers on trial, and tells those that they follow to leave.
    ///
    /// `reason` is what their `last_exit` will say when they leave well; nil for their exit status.
    func keepTrials(_ ids: [Int], reason: String?, at now: MonotonicTime) {
        for id in ids {
            let slot = slots[id]
            slot.turn()
            slot.current.isOnTrial = false
            children.handle(.keep, slot.current, at: now)
            children.handle(drain(reason, at: now), slot.other, at: now)
        }
    }

    /// Tells the workers on trial to leave.
    func dropTrials(at now: MonotonicTime) {
        for slot in slots where slot.other.isOnTrial {
            slot.other.isOnTrial = false
            children.handle(drain(at: now), slot.other, at: now)
        }
    }

    /// Lets a slot that is held, or waits for its next start, start now with a clean record; false when it is neither.
    func release(_ id: Int, at now: MonotonicTime) -> Bool {
        let child = slots[id].current
        switch child.slot.state {
        case .dead, .held:
            children.handle(.release, child, at: now)
            return true
        case .stopped, .starting, .ready, .unresponsive, .draining: return false
        }
    }

    private func drain(_ reason: String? = nil, at now: MonotonicTime) -> ChildSlot.Event {
        .drain(until: now + children.generation.configuration.lifecycle.drain, reason: reason)
    }
}
