import Base

/// When a second copy of a call is sent to another server (`hedge:`).
package struct HedgeSettings: Sendable, Hashable {
    package enum After: Sendable, Hashable {
        case fixed(Duration)
        /// What so many percent of the calls take at most.
        case percentile(Int)
    }

    package var after: After
    /// Copies for each hundred calls.
    package var budget = 10

    package init(after: After) {
        self.after = after
    }
}

/// How long calls to an upstream take, so that a copy goes out only when most would be back.
///
/// Counts in 16 steps for each doubling, from 1 µs on; all are halved from time to time, so that old ones fade.
package struct LatencyQuantile: Sendable {
    private static let steps = 16
    private static let doublings = 26
    /// Calls between two looks.
    private static let period = 256

    private let percent: Int
    private var counts = Array(repeating: UInt32(0), count: steps * doublings)
    private var total: UInt64 = 0
    private var sinceLook = 0
    /// Nil until enough calls were seen.
    package private(set) var value: Duration?

    package init(percent: Int) {
        self.percent = percent
    }

    package mutating func record(_ latency: Duration) {
        counts[Self.place(latency.wholeMicroseconds)] += 1
        total += 1
        sinceLook += 1
        // The first look comes early: a service is slow from its first calls on, or not at all.
        guard sinceLook >= (value == nil ? 64 : Self.period) else { return }
        sinceLook = 0
        look()
        guard total >= 8 * UInt64(Self.period) else { return }
        total = 0
        for index in counts.indices {
            counts[index] /= 2
            total += UInt64(counts[index])
        }
    }

    private mutating func look() {
        let wanted = (total * UInt64(percent) + 99) / 100
        var seen: UInt64 = 0
        for (index, count) in counts.enumerated() {
            seen += UInt64(count)
            if seen >= wanted {
                value = .microseconds(Self.upperBound(index))
                return
            }
        }
    }

    private static func place(_ microseconds: UInt64) -> Int {
        let value = max(16, min(microseconds, 1 << 25))
        let exponent = 63 - value.leadingZeroBitCount
        return (exponent - 4) * steps + Int((value >> UInt64(exponent - 4)) & 15)
    }

    private static func upperBound(_ place: Int) -> Int64 {
        let exponent = place / steps
        return Int64(16 + place % steps + 1) << Int64(exponent)
    }
}
