/// A worker's slot: a stable number, and two rows of the scoreboard, so that its next process can run while the last drains.
final class WorkerSlot {
    let id: Int
    /// By row.
    private let rows: [Child]
    private var currentRow: Int

    /// A slot whose first process takes this row, or runs in it since before this program took over.
    init(_ id: Int, firstRow: Int = 0, _ generation: Generation) {
        self.id = id
        rows = [0, 1].map { Child(.worker(slot: id, row: $0), generation) }
        currentRow = firstRow
    }

    /// The process that serves for the slot, or is to be started again for it.
    var current: Child { rows[currentRow] }
    /// The process that is to follow the current one, or that it has followed and that still drains.
    var other: Child { rows[1 - currentRow] }
    /// In the order of the rows.
    var children: [Child] { rows }

    /// Whether a new process can be started beside the current one.
    var hasFreeRow: Bool { !other.slot.isRunning }
    /// Whether a process of it serves, also one that is on trial.
    var isReady: Bool { rows.contains { $0.isReady } }

    /// The other process is the current one from now on.
    func turn() {
        currentRow = 1 - currentRow
    }
}
