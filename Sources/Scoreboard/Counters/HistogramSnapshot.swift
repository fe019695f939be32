/// A histogram of times read from the scoreboard, or several of them added together.
///
/// Merging is associative and commutative, and gives what recording everything in one histogram would have given.
package struct HistogramSnapshot: Sendable, Equatable {
    /// One count for each of `HistogramBuckets`, or empty when nothing was recorded.
    package private(set) var counts: [UInt64]
    /// All values together, in microseconds.
    package private(set) var sumMicroseconds: UInt64
    /// The largest value, exactly, in microseconds.
    package private(set) var maxMicroseconds: UInt64

    /// A histogram in which nothing was recorded.
    package static let empty = HistogramSnapshot(counts: [], sumMicroseconds: 0, maxMicroseconds: 0)

    init(counts: [UInt64], sumMicroseconds: UInt64, maxMicroseconds: UInt64) {
        self.counts = counts
        self.sumMicroseconds = sumMicroseconds
        self.maxMicroseconds = maxMicroseconds
    }

    /// How many values were recorded.
    package var count: UInt64 { counts.reduce(0, &+) }

    /// Adds one value.
    package mutating func record(microseconds: UInt64) {
        if counts.isEmpty {
            counts = Array(repeating: 0, count: HistogramBuckets.count)
        }
        counts[HistogramBuckets.index(of: microseconds)] &+= 1
        sumMicroseconds &+= microseconds
        maxMicroseconds = max(maxMicroseconds, microseconds)
    }

    /// Adds all that `other` has recorded.
    package mutating func merge(_ other: HistogramSnapshot) {
        if counts.isEmpty {
            counts = other.counts
        } else {
            for (index, count) in other.counts.enumerated() { counts[index] &+= count }
        }
        sumMicroseconds &+= other.sumMicroseconds
        maxMicroseconds = max(maxMicroseconds, other.maxMicroseconds)
    }

    /// This and `other` together.
    package func merged(with other: HistogramSnapshot) -> HistogramSnapshot {
        var sum = self
        sum.merge(other)
        return sum
    }

    /// What was recorded since an earlier look at the same histogram; all of it where that was another one.
    ///
    /// Its maximum is that of the bucket which the largest value is in.
    package func since(_ earlier: HistogramSnapshot) -> HistogramSnapshot {
        guard !earlier.counts.isEmpty, zip(counts, earlier.counts).allSatisfy({ $0 >= $1 }) else { return self }
        let counts = zip(counts, earlier.counts).map { $0 - $1 }
        let last = counts.lastIndex { $0 > 0 }
        return HistogramSnapshot(
            counts: counts, sumMicroseconds: sumMicroseconds &- earlier.sumMicroseconds,
            maxMicroseconds: last.map { min(HistogramBuckets.highestValue(in: $0), maxMicroseconds) } ?? 0)
    }

    /// The value in microseconds that the share `quantile` (0 to 1) of all values does not exceed.
    ///
    /// At most 1/32 above the exact one, never above the maximum, and 0 when nothing was recorded.
    package func microseconds(atQuantile quantile: Double) -> UInt64 {
        let total = count
        guard total > 0 else { return 0 }
        let rank = UInt64(exactly: (min(max(quantile, 0), 1) * Double(total)).rounded(.up)) ?? total
        var seen: UInt64 = 0
        for (index, count) in counts.enumerated() {
            seen &+= count
            if seen >= max(rank, 1) { return min(HistogramBuckets.highestValue(in: index), maxMicroseconds) }
        }
        return maxMicroseconds
    }
}
