package import Base

/// How many requests there were in a second of late, measured anew after each `SupervisionLimits.rate`.
package struct RequestRate: Sendable {
    private var total: UInt64?
    private var measuredAt: MonotonicTime
    private var last: UInt64?

    package init(at now: MonotonicTime) {
        measuredAt = now
    }

    /// The latest whole number, given how many there ever were; nil until it was measured once.
    package mutating func perSecond(_ total: UInt64, at now: MonotonicTime) -> UInt64? {
        guard let before = self.total else {
            self.total = total
            return nil
        }
        let elapsed = now.since(measuredAt)
        guard elapsed >= SupervisionLimits.rate else { return last }
        // Fewer than before: a worker that went wild has written what it liked on the scoreboard.
        let more = total >= before ? total - before : 0
        last = more &* 1_000 / elapsed.wholeMilliseconds
        self.total = total
        measuredAt = now
        return last
    }
}
