/// How slow the other side may be: for a grace it may do as it likes, and then so many bytes a second, on average.
///
/// What Kestrel does with minimum data rates, and Apache's mod_reqtimeout with MinRate: each byte buys time, so that a large
/// body has it and a slow client does not.
package struct Pace: Sendable, Equatable {
    package var grace: Duration
    package var bytesPerSecond: Int

    package init(grace: Duration, bytesPerSecond: Int) {
        self.grace = grace
        self.bytesPerSecond = bytesPerSecond
    }

    /// When it is too slow, if no further byte moves, after so many since the start.
    package func end(since start: MonotonicTime, moved bytes: Int) -> MonotonicTime {
        let (product, overflow) = bytes.multipliedReportingOverflow(by: 1_000)
        return start + grace + .milliseconds(overflow ? .max / 2 : product / max(1, bytesPerSecond))
    }
}
