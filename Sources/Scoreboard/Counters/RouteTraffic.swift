import Base

/// The requests that one route took in one worker, or in several together.
///
/// Merging is associative and commutative.
package struct RouteTraffic: Sendable, Equatable {
    /// Requests answered, by the first digit of the status: five counts, 1xx to 5xx.
    package var byClass = ClassCounts()
    /// How long they took: a count for each of the bounds that metrics have, and one for what took longer.
    package var buckets = [UInt64](repeating: 0, count: RouteWords.buckets)
    /// All these times together.
    package var sumMicroseconds: UInt64 = 0
    package var maxMicroseconds: UInt64 = 0

    /// Requests answered.
    package var total: UInt64 { byClass.total }

    /// Adds what `other` counted.
    package mutating func merge(_ other: RouteTraffic) {
        byClass.merge(other.byClass)
        for (index, count) in other.buckets.enumerated() { buckets[index] &+= count }
        sumMicroseconds &+= other.sumMicroseconds
        maxMicroseconds = max(maxMicroseconds, other.maxMicroseconds)
    }

    /// This and `other` together.
    package func merged(with other: Self) -> Self {
        var sum = self
        sum.merge(other)
        return sum
    }
}

/// Words that count the requests of a route, from the start of the row's block.
///
/// A histogram as fine as that of all requests would take forty times as much, for each route and worker.
struct RouteWords {
    /// The first word: five counters, 1xx to 5xx.
    let start: Int

    /// The words of a route: three cache lines.
    static let count = 24
    /// Counters of times: one for each bound, and one for what is longer.
    static let buckets = MetricsWriter.bounds.count + 1

    private var sum: Int { start + 5 }
    private var max: Int { start + 6 }
    private var firstBucket: Int { start + 8 }

    /// Counts a request, in the class with this index; without a time where that says nothing.
    ///
    /// Only the process that owns the slot may call this.
    func record(statusClass: Int, latency: Duration?, in memory: SharedWords) {
        if let microseconds = latency?.wholeMicroseconds {
            memory.raise(max, to: microseconds)
            memory.add(microseconds, to: sum)
            let bucket = MetricsWriter.bounds.firstIndex { microseconds <= $0 } ?? MetricsWriter.bounds.count
            memory.add(1, to: firstBucket + bucket)
        }
        memory.add(1, to: start + statusClass)
    }

    func traffic(in memory: SharedWords) -> RouteTraffic {
        var traffic = RouteTraffic()
        traffic.byClass = ClassCounts(memory, at: start)
        for index in traffic.buckets.indices { traffic.buckets[index] = memory.load(firstBucket + index) }
        traffic.sumMicroseconds = memory.load(sum)
        traffic.maxMicroseconds = memory.load(max)
        return traffic
    }
}
