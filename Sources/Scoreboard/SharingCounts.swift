import JSON

/// What equal calls to an upstream shared: the calls that did not reach it, and what is kept of its answers.
///
/// Merging is associative and commutative.
package struct SharingCounts: Sendable, Equatable {
    /// Calls answered from what is kept.
    package var hits: UInt64 = 0
    /// Calls that went to the upstream although answers are kept.
    package var misses: UInt64 = 0
    /// Calls answered with what was fresh no more.
    package var stale: UInt64 = 0
    /// Calls that waited for the answer to another one.
    package var coalesced: UInt64 = 0
    /// Gauge: bytes that are kept.
    package var bytes: UInt64 = 0

    /// Adds what `other` counted.
    package mutating func merge(_ other: SharingCounts) {
        hits &+= other.hits
        misses &+= other.misses
        stale &+= other.stale
        coalesced &+= other.coalesced
        bytes &+= other.bytes
    }

    init(_ place: CallWords, in words: SharedWords) {
        hits = words.load(place.cacheHits)
        misses = words.load(place.cacheMisses)
        stale = words.load(place.cacheStale)
        coalesced = words.load(place.coalesced)
        bytes = words.load(place.cacheBytes)
    }

    init() {}

    /// The members that tell of it.
    func write(into writer: inout JSONWriter) {
        writer.member("coalesced", coalesced)
        writer.object("cache") { writer in
            writer.member("hits", hits)
            writer.member("misses", misses)
            writer.member("stale", stale)
            writer.member("bytes", bytes)
        }
    }
}
