import Configuration

/// A roll in progress: who is replaced, by what, and how far it is.
struct Roll {
    /// What it is for; the log has it in the names of its events.
    enum Purpose: String {
        case reload, restart, upgrade, recycle
    }

    let purpose: Purpose
    let slots: [Int]
    /// Whether it is shown as a reload: of all workers, and not of some.
    let isOfAll: Bool
    /// What the new workers are started for.
    let generation: Generation
    var plan: RollPlan

    /// A single worker whose configuration has proved itself need not do so again.
    init(_ purpose: Purpose, _ slots: [Int], _ generation: Generation, isOfAll: Bool) {
        self.purpose = purpose
        self.slots = slots
        self.isOfAll = isOfAll
        self.generation = generation
        plan = RollPlan(slots: slots, canary: isOfAll ? generation.configuration.lifecycle.reload.canary : .zero)
    }
}
