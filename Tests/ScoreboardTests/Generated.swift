import Policy
import TestSupport

@testable import Scoreboard

/// Clients' connections, as the board counts them.
func connections(active: UInt64, accepted: UInt64) -> Counts<ConnectionCounter> {
    var counts = Counts<ConnectionCounter>()
    counts[.active] = active
    counts[.accepted] = accepted
    return counts
}

extension SeededGenerator {
    /// A time in microseconds whose order of magnitude is spread evenly, from nothing to beyond the range.
    mutating func microseconds() -> UInt64 { next() >> UInt64.random(in: 28...64, using: &self) }

    /// What a worker might have counted.
    mutating func traffic() -> Traffic {
        var traffic = Traffic()
        traffic.connections = connections(active: next() >> 40, accepted: next() >> 20)
        traffic.requests[.total] = next() >> 20
        traffic.requests[.inFlight] = next() >> 40
        for place in 0..<5 { traffic.byClass[place] = next() >> 24 }
        traffic.refusals[.rateLimited] = next() >> 24
        traffic.refusals[.refused] = next() >> 24
        traffic.calls[.total] = next() >> 20
        traffic.calls[.inFlight] = next() >> 40
        for failure in Failure.allCases { traffic.failures[failure] = next() >> 30 }
        for _ in 0..<Int.random(in: 0...20, using: &self) { traffic.latency.record(microseconds: microseconds()) }
        return traffic
    }
}
