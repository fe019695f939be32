/// A few 64-bit cells that all workers of the machine share, so that N workers do not judge or probe N times.
///
/// A decision reads a cell and exchanges it; whoever finds that another worker was first reads again.
package protocol SharedCells: Sendable {
    func load(_ cell: Int) -> UInt64
    /// Sets a cell when it still has the value that was read; false when it has not.
    func exchange(_ cell: Int, _ expected: UInt64, _ value: UInt64) -> Bool
}

extension SharedCells {
    /// Changes a cell by what it holds; nil leaves it, and the value that was put there or found is returned.
    @discardableResult
    package func update(_ cell: Int, _ change: (UInt64) -> UInt64?) -> UInt64 {
        // Each failed try means that another worker succeeded, so this ends; the bound guards against a cell gone wild.
        for _ in 0..<1_000 {
            let value = load(cell)
            guard let changed = change(value), changed != value else { return value }
            if exchange(cell, value, changed) { return changed }
        }
        return load(cell)
    }
}

/// What the cells of an entry mean; a breaker and a server each have an entry of their own.
package enum SharedCell {
    /// How many cells an entry has.
    package static let count = 5

    // Of a circuit breaker.

    /// When its circuit may be tried again, in nanoseconds; 0 while it is closed.
    package static let openUntil = 0
    /// Calls and failures of the window.
    package static let window = 1
    /// How often it opened.
    package static let openings = 2

    // Of a server.

    /// Until when it is ejected, in nanoseconds; 0 when it is not.
    package static let ejectedUntil = 0
    /// Failures in a row, and ejections in a row above them.
    package static let failures = 1
    /// When it is to be probed next, in nanoseconds.
    package static let nextProbe = 2
    /// 1 while it is down, and above that probes in a row that say otherwise.
    package static let health = 3
    /// How often it was ejected or went down.
    package static let removals = 4
}

/// Cells of one process alone, for programs without a scoreboard.
package final class LocalCells: SharedCells, @unchecked Sendable {
    // Sendable: an upstream has its own and lives on one loop, whose thread alone reads and exchanges them.
    private var cells = Array(repeating: UInt64(0), count: SharedCell.count)

    package init() {}

    package func load(_ cell: Int) -> UInt64 { cells[cell] }

    package func exchange(_ cell: Int, _ expected: UInt64, _ value: UInt64) -> Bool {
        guard cells[cell] == expected else { return false }
        cells[cell] = value
        return true
    }
}
