package import Base

/// What was asked for and waits for its turn, since there is one roll at a time.
///
/// Pure. However often something is asked for while it waits, it is done once.
package struct RollQueue: Sendable {
    /// What to begin.
    package enum Next: Sendable, Hashable {
        /// Read the configuration again.
        case reload
        /// Replace all workers: another program started them.
        case upgrade
        /// Replace the workers in these slots; `isOfAll` when that is what was asked for.
        case restart([Int], isOfAll: Bool)
        /// Look whether a worker is to be recycled.
        case recycling
    }

    /// HUP, or `reload`.
    package var isReloadWanted = false
    /// `restart` without a slot.
    package var isRestartOfAllWanted = false
    /// The workers are another program's.
    package var isUpgradeWanted = false
    /// `restart` of single slots.
    package var restartsWanted: Set<Int> = []
    /// How many workers there should be, where that was asked for.
    package var workersAskedFor: Int?
    /// After a reload that was refused or failed, when the next one may be tried.
    private var reloadNotBefore: MonotonicTime
    private var recycleCheckAt: MonotonicTime

    package init(at now: MonotonicTime) {
        reloadNotBefore = now
        recycleCheckAt = now
    }

    /// Whether nothing waits.
    package var isEmpty: Bool {
        !isReloadWanted && !isRestartOfAllWanted && !isUpgradeWanted && restartsWanted.isEmpty && workersAskedFor == nil
    }

    /// When `next` may have something without anything else having happened; nil when it will not.
    package func deadline(recycles: Bool) -> MonotonicTime? {
        if isReloadWanted { return reloadNotBefore }
        return recycles ? recycleCheckAt : nil
    }

    /// The number of workers that was asked for since the last call.
    package mutating func takeWorkersAskedFor() -> Int? {
        defer { workersAskedFor = nil }
        return workersAskedFor
    }

    /// What to begin now that nothing rolls; nil when there is nothing, or its time has not come.
    ///
    /// - Parameters:
    ///   - slots: Those in use.
    ///   - recycles: Whether the configuration has workers recycled.
    package mutating func next(slots: [Int], recycles: Bool, at now: MonotonicTime) -> Next? {
        if isReloadWanted, now >= reloadNotBefore {
            isReloadWanted = false
            return .reload
        }
        if isUpgradeWanted {
            isUpgradeWanted = false
            return .upgrade
        }
        if isRestartOfAllWanted || !restartsWanted.isEmpty {
            let isOfAll = isRestartOfAllWanted
            // A slot may have gone out of use since.
            let wanted = slots.filter { isOfAll || restartsWanted.contains($0) }
            isRestartOfAllWanted = false
            restartsWanted = []
            return wanted.isEmpty ? nil : .restart(wanted, isOfAll: isOfAll)
        }
        if recycles, now >= recycleCheckAt {
            recycleCheckAt = now + SupervisionLimits.recycleCheck
            return .recycling
        }
        return nil
    }

    /// A reload was refused or failed: the next one waits.
    package mutating func reloadFailed(at now: MonotonicTime) {
        reloadNotBefore = now + SupervisionLimits.reloadPause
    }

    /// A worker that was to be recycled could not be replaced: the next look waits.
    package mutating func recyclingFailed(at now: MonotonicTime) {
        recycleCheckAt = now + SupervisionLimits.recyclePause
    }
}
