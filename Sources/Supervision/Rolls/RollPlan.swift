package import Base
import Configuration

/// The way from old workers to new ones: one shows that it can live, the others follow, and then the old ones leave.
///
/// Pure: the owner tells what the new workers do, and performs what comes back. Until it is told to switch over, every
/// old worker serves; when a new one does not come up to what is asked of it, the old ones stay.
package struct RollPlan: Sendable {
    /// What a new worker did, or that time has passed.
    package enum Event: Sendable, Hashable {
        /// It said that it serves.
        case ready(slot: Int)
        /// It answered its own probe with this status.
        case probed(slot: Int, status: Int)
        /// It is gone, which is told with its reason.
        case ended(slot: Int, reason: String)
        /// Time has passed; due at `deadline`.
        case tick
    }

    /// What to do.
    package enum Action: Sendable, Hashable {
        /// Start a new worker in each of these slots, beside the old one.
        case start([Int])
        /// All are fit: the new workers stay, and the old ones drain.
        case switchOver
        /// One is not: the new workers leave, and the old ones stay.
        case giveUp(reason: String)
    }

    /// How far a new worker is.
    private struct Proof {
        var startedAt: MonotonicTime
        var readyAt: MonotonicTime?
        var isProbed = false
    }

    private let canary: Duration
    /// Slots whose new worker was not started yet, in order.
    private var waiting: [Int]
    private var proofs: [Int: Proof] = [:]
    /// Whether the first has lived long enough, so that the others could follow.
    private var isProven = false
    private var isOver = false

    /// A plan for these slots, of which the first goes ahead; with `canary` zero a probe is all that it has to pass.
    package init(slots: [Int], canary: Duration) {
        waiting = slots
        self.canary = canary
    }

    /// When `tick` is due; nil when nothing is waited for.
    package var deadline: MonotonicTime? {
        isOver ? nil : proofs.values.compactMap(deadline).min()
    }

    /// Begins: the first new worker.
    package mutating func begin(at now: MonotonicTime) -> Action {
        start(Array(waiting.prefix(1)), at: now)
    }

    /// Takes an event and says what follows, nil when nothing does.
    ///
    /// Once it has said `switchOver` or `giveUp` nothing does any more.
    package mutating func handle(_ event: Event, at now: MonotonicTime) -> Action? {
        guard !isOver else { return nil }
        switch event {
        case .ready(let slot): proofs[slot]?.readyAt = now
        case .probed(let slot, let status):
            guard proofs[slot] != nil else { return nil }
            guard status < 500 else { return giveUp("the new worker \(slot) answered its probe with \(status)") }
            proofs[slot]?.isProbed = true
        case .ended(let slot, let reason):
            guard let proof = proofs[slot] else { return nil }
            let when = proof.readyAt == nil ? "before it was ready" : "soon after it was ready"
            return giveUp("the new worker \(slot) ended \(when): \(reason)")
        case .tick: break
        }
        return advance(at: now)
    }

    private mutating func advance(at now: MonotonicTime) -> Action? {
        for (slot, proof) in proofs.sorted(by: { $0.key < $1.key }) where !isFit(proof) && now >= due(proof) {
            let missing = proof.readyAt == nil ? "was not ready" : "did not answer its probe"
            return giveUp("the new worker \(slot) \(missing) within \(SupervisionLimits.probe.configurationText)")
        }
        guard proofs.values.allSatisfy(isFit) else { return nil }
        if !isProven {
            guard proofs.values.allSatisfy({ now >= provenAt($0) }) else { return nil }
            isProven = true
        }
        if !waiting.isEmpty { return start(waiting, at: now) }
        isOver = true
        return .switchOver
    }

    private mutating func start(_ slots: [Int], at now: MonotonicTime) -> Action {
        waiting.removeFirst(slots.count)
        for slot in slots { proofs[slot] = Proof(startedAt: now) }
        return .start(slots)
    }

    private mutating func giveUp(_ reason: String) -> Action {
        isOver = true
        return .giveUp(reason: reason)
    }

    private func isFit(_ proof: Proof) -> Bool { proof.readyAt != nil && proof.isProbed }

    /// When a new worker that is still not fit is given up.
    private func due(_ proof: Proof) -> MonotonicTime { proof.startedAt + SupervisionLimits.probe }

    /// When a new worker that is fit has lived long enough for the others to follow.
    private func provenAt(_ proof: Proof) -> MonotonicTime { (proof.readyAt ?? proof.startedAt) + canary }

    private func deadline(_ proof: Proof) -> MonotonicTime? {
        guard isFit(proof) else { return due(proof) }
        return isProven ? nil : provenAt(proof)
    }
}
