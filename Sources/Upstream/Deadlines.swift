import FanOut
import Loop
import Processes

/// Ends what takes too long: a line for each timeout that is in use, in which deadlines are in order by themselves.
///
/// Timeouts come from the configuration, so there are few. One timer looks at the heads of all lines; it may fire early,
/// which is cheaper than moving it for every call.
@LoopActor
final class Deadlines {
    /// The calls under one timeout.
    final class Line {
        fileprivate var transfers = WaitingLine()
        let timeout: Duration
        /// False once it is dropped for want of use: what is put in then would never expire.
        fileprivate var isListed = true

        fileprivate init(_ timeout: Duration) {
            self.timeout = timeout
        }

        var isEmpty: Bool { transfers.count == 0 }
    }

    /// Lines that are kept when they are empty; callers that choose their timeouts must not fill memory with them.
    private static let keptLines = 1_024

    private var lines: [Duration: Line] = [:]
    private lazy var timer = LoopTimer { [weak self] in self?.tick() }
    /// Settles a transfer whose time is up.
    var expired: (Transfer) -> Void = { _ in }

    /// The line of a timeout; the one that a caller got the last time is found without a search.
    func line(_ timeout: Duration, last: Line?) -> Line {
        if let last, last.isListed, last.timeout == timeout { return last }
        if let line = lines[timeout] { return line }
        if lines.count >= Self.keptLines { dropEmptyLines() }
        let line = Line(timeout)
        lines[timeout] = line
        return line
    }

    private func dropEmptyLines() {
        for (timeout, line) in lines where line.isEmpty {
            line.isListed = false
            lines[timeout] = nil
        }
    }

    /// When the timer fires next; what is due later need not ask for it.
    private var due = MonotonicTime(nanoseconds: .max)

    /// Watches a transfer until it is settled.
    func add(_ transfer: Transfer, to line: Line) {
        line.transfers.append(transfer)
        // It is nearly always set for an older one.
        if transfer.deadline < due { look(at: transfer.deadline) }
    }

    /// A transfer of the line is settled, and marked as such.
    func remove(from line: Line) {
        line.transfers.left()
    }

    private func tick() {
        due = MonotonicTime(nanoseconds: .max)
        let now = MonotonicTime.now()
        var next: MonotonicTime?
        for line in lines.values {
            while let transfer = line.transfers.first(), transfer.deadline <= now { expired(transfer) }
            if let deadline = line.transfers.first()?.deadline { next = next.map { min($0, deadline) } ?? deadline }
        }
        if let next, next < due { look(at: next) }
    }

    private func look(at time: MonotonicTime) {
        due = time
        timer.set(time)
    }
}
