/// Where a histogram lies in shared memory, and how it is written and read there.
///
/// The writer stores the maximum before the bucket and the count last; the reader goes the other way. So a count that is
/// seen has its bucket, and a bucket that is seen has its maximum, wherever the writer was interrupted.
struct SharedHistogram {
    private static let count = 0
    private static let sum = 1
    private static let max = 2
    private static let buckets = 3

    /// The words that a histogram takes.
    static let words = buckets + HistogramBuckets.count

    /// The index of the histogram's first word.
    let start: Int

    /// Adds one value.
    ///
    /// Only the process that owns the slot may call this.
    func record(microseconds: UInt64, in memory: SharedWords) {
        memory.raise(start + Self.max, to: microseconds)
        memory.add(microseconds, to: start + Self.sum)
        memory.add(1, to: start + Self.buckets + HistogramBuckets.index(of: microseconds))
        memory.add(1, to: start + Self.count)
    }

    /// Reads all of it.
    ///
    /// Buckets of a histogram that counted nothing are not touched, so their pages stay unused.
    func snapshot(in memory: SharedWords) -> HistogramSnapshot {
        guard memory.load(start + Self.count) > 0 else { return .empty }
        let counts = (0..<HistogramBuckets.count).map { memory.load(start + Self.buckets + $0) }
        return HistogramSnapshot(
            counts: counts, sumMicroseconds: memory.load(start + Self.sum),
            maxMicroseconds: memory.load(start + Self.max))
    }
}
