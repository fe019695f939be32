package import Access
package import Base
import Glibc

/// The buckets of rate limits, which all workers share: one decision over all of them, without a lock.
///
/// A hash table of fixed size. A bucket is two words: a key, and when it is full again (`RateLimit`). To count a request
/// is one compare-and-exchange of that time: of two processes that saw the same time one succeeds, and the other decides
/// again. A full bucket is as good as a new one, so another key may take its place; since that changes two words, the
/// taker first puts a claim in place of the time, which makes every exchange of others fail.
///
/// - A key may have the place that its lowest bits name, and those after it. Where all of them hold buckets in use, it
///   shares the one that is full soonest: two keys then count together, and none goes uncounted.
/// - A worker that is killed between the two words leaves a claim, which the next one in need of the place takes over.
/// - Only two workers that enter the same new key within nanoseconds can give it two places, if just then a bucket
///   becomes full that one of them saw in use. Then what the later place counted, one request, is forgotten.
package struct RateBuckets: Sendable {
    private let memory: SharedWords
    private let layout: Layout

    init(_ memory: SharedWords, _ layout: Layout) {
        self.memory = memory
        self.layout = layout
    }

    /// Places that a key may have: four cache lines.
    static let places = 16
    /// Times that a decision is made again because another process decided meanwhile.
    ///
    /// Each time another request was decided on, so this many are never in the way of one.
    private static let attempts = 10_000
    /// Looks at a claim before its place is left alone, with 1 ms between the later ones.
    ///
    /// Its holder needs a few instructions, and has lost the processor if these are not done at once; that it was killed
    /// between them is so rare that a loop may stand for this long.
    private static let patience = (yields: 50, pauses: 100)
    /// How long a claim stands, in nanoseconds; an older one is a dead worker's.
    private static let claimAge: UInt64 = 200_000_000
    /// A time with this bit is a claim: no machine runs for 292 years.
    private static let claimMark: UInt64 = 1 << 63

    /// What keys have to be hashed with, for these are chosen by clients: the same in all processes of the daemon.
    package var hashKey: SipHash.Key {
        SipHash.Key(low: memory.load(Layout.hashKey), high: memory.load(Layout.hashKey + 1))
    }

    /// Counts a request in the bucket of its key when it passes, nil; else how long until one would.
    ///
    /// - Parameter key: A hash of all that tells buckets apart, the limit included.
    package func take(_ key: UInt64, _ limit: RateLimit, at now: MonotonicTime) -> Duration? {
        // A place whose key is 0 was never used.
        let key = max(1, key)
        for _ in 0..<Self.attempts {
            guard let place = find(key, at: now.nanoseconds) else { break }
            let full = MonotonicTime(nanoseconds: place.isFree ? 0 : place.full)
            switch limit.decide(full: full, now: now) {
            case .refused(let wait):
                return wait
            case .admitted(let next):
                if place.isFree {
                    if enter(key, place, full: next.nanoseconds, at: now.nanoseconds) { return nil }
                } else if memory.compareExchange(
                    time(place.index), expected: place.full, desired: next.nanoseconds)
                {
                    return nil
                }
            }
        }
        // Rather one too few than any number too many.
        return .milliseconds(1)
    }

    private struct Place {
        var index: Int
        /// What the time's word holds.
        var full: UInt64
        /// Whether its key has to be set first.
        var isFree: Bool
    }

    /// The place of a key; else a free one; else the one in use that is full soonest.
    private func find(_ key: UInt64, at now: UInt64) -> Place? {
        var free: Place?
        var soonest: Place?
        for step in 0..<Self.places {
            let index = Int(truncatingIfNeeded: key &+ UInt64(step)) & (ScoreboardLimits.rateBuckets - 1)
            guard let full = settledTime(index, at: now) else { continue }
            // No limit sets a time so far ahead: it is a dead worker's claim, or what one wrote that went wild.
            let isVoid = full > now && full - now > RateLimit.longest * 2
            if memory.load(layout.rateBucket(index)) == key, !isVoid {
                return Place(index: index, full: full, isFree: false)
            }
            if isVoid || full <= now {
                if free == nil { free = Place(index: index, full: full, isFree: true) }
                // Keys take the first free place, so none lies beyond one that was never used.
                if full == 0 { break }
            } else if full < soonest?.full ?? .max {
                soonest = Place(index: index, full: full, isFree: false)
            }
        }
        return free ?? soonest
    }

    /// The time of a place; nil when a claim stands there and does not go.
    private func settledTime(_ index: Int, at now: UInt64) -> UInt64? {
        for look in 0..<(Self.patience.yields + Self.patience.pauses) {
            let time = memory.load(time(index))
            guard time & Self.claimMark != 0 else { return time }
            let claimed = time ^ Self.claimMark
            let age = now > claimed ? now - claimed : claimed - now
            guard age < Self.claimAge else { return time }
            if look < Self.patience.yields { sched_yield() } else { usleep(1_000) }
        }
        return nil
    }

    /// Gives a free place to a key; false when another was faster.
    private func enter(_ key: UInt64, _ place: Place, full: UInt64, at now: UInt64) -> Bool {
        let claim = now | Self.claimMark
        guard memory.compareExchange(time(place.index), expected: place.full, desired: claim) else { return false }
        // Only one whose claim was taken for a dead one's finds another's key or claim here.
        let old = memory.load(layout.rateBucket(place.index))
        return memory.compareExchange(layout.rateBucket(place.index), expected: old, desired: key)
            && memory.compareExchange(time(place.index), expected: claim, desired: full)
    }

    private func time(_ index: Int) -> Int { layout.rateBucket(index) + 1 }
}
