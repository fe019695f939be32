package import HTTP

/// How an upstream's servers are spoken to: each setting with its default and the reason for it.
package struct UpstreamSettings: Sendable, Hashable {
    package var engine = Engine.auto
    /// Whether calls ask for compressed bodies (gzip and br), which saves the wire and costs time.
    package var asksForCompression = false
    /// Of connections to its https servers.
    package var tls = TLSSettings()
    /// For a connection to one of its servers; nil: no limit of its own beside the call's.
    package var connectTimeout: Duration?
    package var admission = Admission()
    package var keepalive = Keepalive()
    package var balance = Balance.roundRobin
    package var outlier = OutlierSettings()
    /// Nil: no breaker.
    package var breaker: CircuitBreakerSettings?
    package var attempts = Attempts()
    /// The field that tells a server how many milliseconds of the route's time are left; nil for none.
    package var deadlineField: String?
    package var sharing = Sharing()

    /// What moves the calls of an upstream.
    package enum Engine: String, Sendable, CaseIterable {
        /// Whatever is fastest for the call and can do what it needs.
        case auto
        /// libcurl for every call.
        case libcurl
    }

    /// How many calls there are at a time, in each worker.
    package struct Admission: Sendable, Hashable {
        /// Calls in flight to all servers together; nil: no limit of its own beside the worker's.
        package var maxInFlight: Int?
        /// Calls that wait for one of `maxInFlight` to end; those beyond it fail as `overloaded`.
        ///
        /// 1,000: a burst is smoothed, and what waits longer than a page lives is refused at once.
        package var maxQueue = 1_000
    }

    /// How connections wait for their next call (`keepalive:`).
    package struct Keepalive: Sendable, Hashable {
        /// The idle age after which a connection is closed.
        ///
        /// 60 s: less than the 75 s after which nginx as a server closes it (keepalive_timeout), so that it is ours to close.
        package var idle = Duration.seconds(60)
        /// Idle connections to each server, in each worker; 0 keeps none.
        ///
        /// 16,384: as many as calls that a worker has in flight, so that a burst never costs its connections.
        package var connections = 16_384
    }

    /// What is done about calls that fail or are slow.
    package struct Attempts: Sendable, Hashable {
        /// Nil: what could not connect is tried at the other servers, and nothing else is repeated.
        package var retry: RetrySettings?
        /// Nil: no copies.
        package var hedge: HedgeSettings?
    }

    /// Which answers several calls have.
    package struct Sharing: Sendable, Hashable {
        /// Equal calls that run at once are made once.
        package var coalesces = false
        /// Nil: no answers are kept.
        package var cache: CacheSettings?
    }

    package init() {}
}
