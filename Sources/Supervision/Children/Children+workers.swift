import Base
import Configuration
import Scoreboard

/// How the number of workers changes, and how one follows another.
extension Children {
    /// Whether no worker drains beside the one that followed it, and none is on trial.
    var areAllSettled: Bool { slots.allSatisfy { $0.hasFreeRow } }

    /// Requests that workers ever began.
    var requestsBegun: UInt64 { all.reduce(0) { $0 &+ board.requestsBegun($1.role) } }

    /// The slots in use.
    var slotsInUse: ArraySlice<WorkerSlot> { slots.prefix(workersWanted) }

    /// Makes it so many workers: the highest slots drain, or further ones start.
    func scale(to count: Int, at now: MonotonicTime) {
        makeSlots(count)
        workersWanted = count
        board.setWanted(count)
        for slot in slots.dropFirst(count) { handle(drain(at: now), slot.current, at: now) }
        startMissing(at: now)
    }

    /// Starts what is wanted in each slot that was out of use, as soon as one of its rows is free.
    func startMissing(at now: MonotonicTime) {
        // Those that were told to leave so that their successors can come.
        for child in all where !child.role.isWorker && child.slot.state == .stopped { handle(.start, child, at: now) }
        for slot in slotsInUse where !slot.current.slot.isWanted && !slot.other.isOnTrial {
            if slot.current.slot.isRunning {
                guard slot.hasFreeRow else { continue }
                slot.turn()
            }
            slot.current.prepare(for: generation)
            handle(.start, slot.current, at: now)
        }
    }

    /// Starts workers of this configuration beside those that serve; each must have a free row.
    func startTrials(_ ids: [Int], of generation: Generation, at now: MonotonicTime) {
        makeSlots((ids.max() ?? -1) + 1)
        for id in ids {
            let child = slots[id].other
            child.prepare(for: generation)
            child.isOnTrial = true
            handle(.startOnTrial, child, at: now)
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
            handle(.keep, slot.current, at: now)
            handle(drain(reason, at: now), slot.other, at: now)
        }
    }

    /// Tells the workers on trial to leave.
    func dropTrials(at now: MonotonicTime) {
        for slot in slots where slot.other.isOnTrial {
            slot.other.isOnTrial = false
            handle(drain(at: now), slot.other, at: now)
        }
    }

    /// Puts a configuration into use for all that starts from now on.
    func adopt(_ generation: Generation) {
        self.generation = generation
        // A row that is out of use must not keep an old configuration, and its memory, until it is used again.
        for child in all where !child.role.isWorker || !child.slot.isRunning && !child.slot.isWanted {
            child.generation = generation
        }
    }

    /// Lets a slot that is held, or waits for its next start, start now with a clean record; false when it is neither.
    func release(_ id: Int, at now: MonotonicTime) -> Bool {
        let child = slots[id].current
        switch child.slot.state {
        case .dead, .held:
            handle(.release, child, at: now)
            return true
        case .stopped, .starting, .ready, .unresponsive, .draining: return false
        }
    }

    private func drain(_ reason: String? = nil, at now: MonotonicTime) -> ChildSlot.Event {
        .drain(until: now + generation.configuration.drain, reason: reason)
    }
}
