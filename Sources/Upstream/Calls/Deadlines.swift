import Base
import Loop
import Processes

/// Ends what takes too long: a line for each timeout that is in use, in which deadlines are in order by themselves.
///
/// Timeouts come from the configuration, so there are few. One timer looks at the heads of all lines; it may fire early,
/// which is cheaper than moving it for every call.
@LoopActor
final class Deadlines {
    /// The calls under one timeout.
    private struct Line {
        /// Nil while its place is free.
        var timeout: Duration?
        var transfers = WaitingLine()
    }

    /// Lines that are kept when they are empty; callers that choose their timeouts must not fill memory with them.
    private static let keptLines = 1_024

    private var lines: [Line] = []
    /// Where in `lines` each timeout has its own.
    private var places: [Duration: Int] = [:]
    /// Places of lines that were dropped for want of use.
    private var free: [Int] = []
    private lazy var timer = LoopTimer { [weak self] in self?.tick() }
    /// Settles a transfer whose time is up.
    var expired: (Transfer) -> Void = { _ in }

    /// The place of a timeout's line, which it has until it is empty; the one that a caller got the last time is found
    /// without a search.
    func line(_ timeout: Duration, last: Int) -> Int {
        if last < lines.count, lines[last].timeout == timeout { return last }
        if let place = places[timeout] { return place }
        if places.count >= Self.keptLines { dropEmptyLines() }
        let place = free.popLast() ?? lines.count
        if place == lines.count { lines.append(Line()) }
        lines[place].timeout = timeout
        places[timeout] = place
        return place
    }

    private func dropEmptyLines() {
        for (timeout, place) in places where lines[place].transfers.count == 0 {
            lines[place].timeout = nil
            places[timeout] = nil
            free.append(place)
        }
    }

    /// When the timer fires next; what is due later need not ask for it.
    private var due = MonotonicTime(nanoseconds: .max)

    /// Watches a transfer until it is settled.
    func add(_ transfer: Transfer, to line: Int) {
        lines[line].transfers.append(transfer)
        // It is nearly always set for an older one.
        if transfer.deadline < due { look(at: transfer.deadline) }
    }

    /// A transfer of the line is settled, and marked as such.
    func remove(from line: Int) {
        lines[line].transfers.left()
    }

    private func tick() {
        due = MonotonicTime(nanoseconds: .max)
        let now = MonotonicTime.now()
        var next: MonotonicTime?
        // By place: what expires may bring new transfers, and new lines.
        for line in lines.indices {
            while let transfer = lines[line].transfers.first(), transfer.deadline <= now { expired(transfer) }
            if let deadline = lines[line].transfers.first()?.deadline {
                next = next.map { min($0, deadline) } ?? deadline
            }
        }
        if let next, next < due { look(at: next) }
    }

    private func look(at time: MonotonicTime) {
        due = time
        timer.set(time)
    }
}
