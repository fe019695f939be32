import DequeModule
import Loop

/// Lets so many calls pass at once; the others wait in line, and those that find the line full are turned away.
@LoopActor
final class Gate {
    enum Entry {
        case admitted, queued, refused
    }

    private let limit: Int
    private let queue: Int
    private(set) var inFlight = 0
    private var line = WaitingLine()

    init(limit: Int, queue: Int) {
        self.limit = limit
        self.queue = queue
    }

    /// Whether one more passes or finds a place in line.
    var hasRoom: Bool { inFlight < limit || line.count < queue }

    func enter(_ transfer: Transfer) -> Entry {
        if inFlight < limit {
            inFlight += 1
            return .admitted
        }
        guard line.count < queue else { return .refused }
        line.append(transfer)
        return .queued
    }

    /// One that was admitted is over; the first in line, if any, takes its place.
    func leave() -> Transfer? {
        guard let next = line.popFirst() else {
            inFlight -= 1
            return nil
        }
        return next
    }

    /// One that waited is settled.
    func leftLine() {
        line.left()
    }
}

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
