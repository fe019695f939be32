package import Policy

/// Clients' connections.
package struct ConnectionCounts: Sendable, Equatable {
    /// Open now.
    package var active: UInt64 = 0
    /// Accepted since the daemon started.
    package var accepted: UInt64 = 0

    /// Adds what `other` counted.
    package mutating func merge(_ other: ConnectionCounts) {
        active &+= other.active
        accepted &+= other.accepted
    }
}

/// Requests of clients.
package struct RequestCounts: Sendable, Equatable {
    /// Requests begun.
    ///
    /// Those that died with a worker are in here and in no class.
    package var total: UInt64 = 0
    /// Requests begun and not answered yet.
    package var inFlight: UInt64 = 0
    /// Requests answered, by the first digit of the status: five counts, 1xx to 5xx.
    package var byClass = [UInt64](repeating: 0, count: 5)
    /// Requests refused because of a rate limit; they are among the 4xx as well.
    package var rateLimited: UInt64 = 0
    /// Requests refused because a call that they need could not be made, or there were too many; among the 5xx as well.
    package var refused: UInt64 = 0

    /// Adds what `other` counted.
    package mutating func merge(_ other: RequestCounts) {
        total &+= other.total
        inFlight &+= other.inFlight
        rateLimited &+= other.rateLimited
        refused &+= other.refused
        for (index, count) in other.byClass.enumerated() { byClass[index] &+= count }
    }
}

/// Calls to upstreams.
package struct CallCounts: Sendable, Equatable {
    /// Calls begun.
    package var total: UInt64 = 0
    /// Calls begun and not settled yet.
    package var inFlight: UInt64 = 0
    /// Calls failed, a count for each `Failure` by its raw value.
    private var failedByKind = [UInt64](repeating: 0, count: Failure.allCases.count)

    /// How many calls failed this way.
    package subscript(failure: Failure) -> UInt64 {
        get { failedByKind[Int(failure.rawValue)] }
        set { failedByKind[Int(failure.rawValue)] = newValue }
    }

    /// Adds what `other` counted.
    package mutating func merge(_ other: CallCounts) {
        total &+= other.total
        inFlight &+= other.inFlight
        for (index, count) in other.failedByKind.enumerated() { failedByKind[index] &+= count }
    }
}

/// What went through one worker, or through several together.
///
/// Merging is associative and commutative.
package struct Traffic: Sendable, Equatable {
    /// Connections of clients.
    package var connections = ConnectionCounts()
    /// Requests of clients.
    package var requests = RequestCounts()
    /// Calls to all upstreams.
    package var calls = CallCounts()
    /// How long requests took.
    package var latency = HistogramSnapshot.empty
    /// What was told of requests, and lost.
    package var telemetry = TelemetryCounts()

    /// Adds what `other` counted.
    package mutating func merge(_ other: Traffic) {
        telemetry.merge(other.telemetry)
        connections.merge(other.connections)
        requests.merge(other.requests)
        calls.merge(other.calls)
        latency.merge(other.latency)
    }

    /// This and `other` together.
    package func merged(with other: Self) -> Self {
        var sum = self
        sum.merge(other)
        return sum
    }
}

/// The calls of one worker to one upstream, or of several workers together.
///
/// Merging is associative and commutative.
package struct UpstreamTraffic: Sendable, Equatable {
    /// The calls to this upstream.
    package var calls = CallCounts()
    /// How long calls took, failed ones included.
    package var latency = HistogramSnapshot.empty
    /// Attempts after the first, for failures.
    package var retries: UInt64 = 0
    /// Copies sent because the first attempt was slow, and those of them that were faster.
    package var hedges: UInt64 = 0
    package var hedgesWon: UInt64 = 0
    /// What equal calls shared.
    package var sharing = SharingCounts()

    /// Adds what `other` counted.
    package mutating func merge(_ other: UpstreamTraffic) {
        calls.merge(other.calls)
        retries &+= other.retries
        hedges &+= other.hedges
        hedgesWon &+= other.hedgesWon
        sharing.merge(other.sharing)
        latency.merge(other.latency)
    }

    /// This and `other` together.
    package func merged(with other: Self) -> Self {
        var sum = self
        sum.merge(other)
        return sum
    }
}
