/// A point on the monotonic clock (CLOCK_MONOTONIC), in nanoseconds since boot.
///
/// It is the same clock in every process of the machine, so a value that one process stores can be read by another.
/// A deadline is such a point; a timeout is a `Duration`.
@frozen
public struct MonotonicTime: Sendable, Hashable, Comparable {
    /// Nanoseconds since boot.
    public var nanoseconds: UInt64

    /// The point that lies this number of nanoseconds after boot.
    @inlinable
    public init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// Whether `a` is earlier.
    @inlinable
    public static func < (a: MonotonicTime, b: MonotonicTime) -> Bool {
        a.nanoseconds < b.nanoseconds
    }

    /// The point `duration` later; a negative duration counts as zero, a sum past the end of time as the end of time.
    @inlinable
    public static func + (time: MonotonicTime, duration: Duration) -> MonotonicTime {
        let (sum, overflow) = time.nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
        return MonotonicTime(nanoseconds: overflow ? .max : sum)
    }

    /// The time from `earlier` to this point, zero when it lies in the future.
    @inlinable
    public func since(_ earlier: MonotonicTime) -> Duration {
        .nanoseconds(nanoseconds > earlier.nanoseconds ? Int64(clamping: nanoseconds - earlier.nanoseconds) : 0)
    }
}

extension Duration {
    /// Nanoseconds, zero when negative, the largest value when it does not fit.
    @inlinable
    public var wholeNanoseconds: UInt64 {
        // What is shorter than 18 s, as nearly all is, needs no division of 128 bits.
        if let attoseconds = UInt64(exactly: attoseconds) { return attoseconds / 1_000_000_000 }
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (product, isTooLong) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflow) = product.addingReportingOverflow(UInt64(attoseconds / 1_000_000_000))
        return isTooLong || overflow ? .max : sum
    }

    /// Microseconds, rounded down.
    @inlinable
    public var wholeMicroseconds: UInt64 { wholeNanoseconds / 1_000 }

    /// Milliseconds, rounded up, so that a timeout never ends before it was meant to.
    public var wholeMilliseconds: UInt64 {
        let (milliseconds, rest) = wholeNanoseconds.quotientAndRemainder(dividingBy: 1_000_000)
        return rest == 0 ? milliseconds : milliseconds + 1
    }
}
