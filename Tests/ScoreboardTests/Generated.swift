import Policy

@testable import Scoreboard

/// A small generator with a seed (SplitMix64), so that generated input is the same in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A time in microseconds whose order of magnitude is spread evenly, from nothing to beyond the range.
    mutating func microseconds() -> UInt64 { next() >> UInt64.random(in: 28...64, using: &self) }

    /// What a worker might have counted.
    mutating func traffic() -> Traffic {
        var traffic = Traffic()
        traffic.connections = ConnectionCounts(active: next() >> 40, accepted: next() >> 20)
        traffic.requests.total = next() >> 20
        traffic.requests.inFlight = next() >> 40
        traffic.requests.byClass = (0..<5).map { _ in next() >> 24 }
        traffic.requests.rateLimited = next() >> 24
        traffic.requests.refused = next() >> 24
        traffic.calls.total = next() >> 20
        traffic.calls.inFlight = next() >> 40
        for failure in Failure.allCases { traffic.calls[failure] = next() >> 30 }
        for _ in 0..<Int.random(in: 0...20, using: &self) { traffic.latency.record(microseconds: microseconds()) }
        return traffic
    }
}
