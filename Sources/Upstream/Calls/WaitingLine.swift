import DequeModule
import Loop

/// Transfers that wait, first come, first served.
///
/// One that is settled while it waits stays in its place until the dead outnumber the living: leaving costs no search.
@LoopActor
struct WaitingLine {
    private var transfers = Deque<Transfer>()
    /// Those that still wait.
    private(set) var count = 0

    nonisolated init() {}

    mutating func append(_ transfer: Transfer) {
        transfers.append(transfer)
        count += 1
    }

    /// The first that still waits.
    mutating func popFirst() -> Transfer? {
        while let transfer = transfers.popFirst() {
            guard !transfer.isSettled else { continue }
            count -= 1
            return transfer
        }
        return nil
    }

    /// The first that still waits, which stays.
    mutating func first() -> Transfer? {
        while let transfer = transfers.first {
            if !transfer.isSettled { return transfer }
            transfers.removeFirst()
        }
        return nil
    }

    /// One that waited is settled; it must be marked as such already.
    mutating func left() {
        count -= 1
        // Most are settled in about the order in which they came.
        while let first = transfers.first, first.isSettled { transfers.removeFirst() }
        guard transfers.count > 2 * count + 64 else { return }
        transfers.removeAll(where: \.isSettled)
    }
}
