/// The arithmetic of a log-linear histogram of microseconds: which bucket counts a value, and what a bucket stands for.
///
/// Values below 64 µs have a bucket each; from there every doubling is divided into 32 buckets of equal width, up to
/// 2³² µs (71 minutes). A value read back is therefore at most 1/32 above the one recorded, and never below it.
/// Longer times go into the last bucket.
package enum HistogramBuckets {
    /// Buckets to a doubling, as a power of two.
    private static let precision = 5

    /// The power of two, in microseconds, at which the range ends.
    private static let rangeExponent = 32

    /// How many buckets there are.
    package static let count = (rangeExponent - precision + 1) << precision

    /// The bucket that counts a value of `microseconds`, in `0..<count`.
    package static func index(of microseconds: UInt64) -> Int {
        let value = min(microseconds, (1 << rangeExponent) - 1)
        let shift = max(0, UInt64.bitWidth - 1 - value.leadingZeroBitCount - precision)
        return (shift << precision) + Int(value >> UInt64(shift))
    }

    /// The largest number of microseconds that the bucket counts.
    package static func highestValue(in index: Int) -> UInt64 {
        let shift = max(0, (index >> precision) - 1)
        let lowest = UInt64(index - (shift << precision)) << UInt64(shift)
        return lowest + (1 << UInt64(shift)) - 1
    }
}
