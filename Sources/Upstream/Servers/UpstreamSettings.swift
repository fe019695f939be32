package import HTTP
package import Policy

/// How an upstream's servers are spoken to.
package struct UpstreamSettings: Sendable {
    /// Leaves nothing to the plain lane.
    package var usesLibcurl = false
    /// gzip and br are asked for, which libcurl decodes.
    package var asksForCoding = false
    package var tls = TLSSettings()
    /// Nil: no limit of its own beside the call's.
    package var connectTimeout: Duration?
    package var admission = Admission()
    package var keepalive = Keepalive()
    package var balance = Balance.roundRobin
    package var outlier = OutlierSettings()
    /// Nil: no breaker.
    package var breaker: CircuitBreakerSettings?
    package var attempts = Attempts()
    /// The field that tells a server how many milliseconds are left, nil for none.
    package var deadlineField: String?
    package var sharing = Sharing()

    /// How many calls there are at a time.
    package struct Admission: Sendable {
        /// Calls in flight at once; nil leaves it to the worker's limit.
        package var maxInFlight: Int?
        /// Calls that wait for one of them to end; those beyond fail as `overloaded`.
        package var maxQueue = 1_000
    }

    /// What is done about calls that fail or are slow.
    package struct Attempts: Sendable {
        /// Nil: what could not connect is tried at the other servers, and nothing else is repeated.
        package var retry: RetrySettings?
        /// Nil: no copies.
        package var hedge: HedgeSettings?
    }

    /// What becomes of connections without use.
    package struct Keepalive: Sendable {
        /// How long one is kept.
        package var idle = Duration.seconds(60)
        /// How many are kept, for each server.
        package var connections = 16_384
    }

    /// Which answers several calls have.
    package struct Sharing: Sendable {
        /// Equal calls that run at once are made once.
        package var coalesces = false
        /// Nil: no answers are kept.
        package var cache: CacheSettings?
    }

    package init() {}
}

extension UpstreamSettings {
    /// Fields that calls differ in although they count as the same.
    private static let ownFields: Set<String> = ["x-request-id", "traceparent", "tracestate"]

    /// Whether equal calls are made once, at once or over a time.
    var isShared: Bool { sharing.coalesces || sharing.cache != nil }

    /// Names in lower case of fields in which equal calls may differ.
    var unkeyedFields: Set<String> {
        guard let deadlineField else { return Self.ownFields }
        return Self.ownFields.union([deadlineField.lowercased()])
    }
}
