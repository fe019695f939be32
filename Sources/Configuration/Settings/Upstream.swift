package import HTTP
package import Policy

/// A service that calls go to, under one name in routes, statistics and logs.
package struct Upstream: Sendable, Hashable {
    /// Unique; an upstream that a call's `url` implies is named by its origin, such as `http://127.0.0.1:9005`.
    package var name: String
    /// Never empty; one alone where that is a service, whose records name the servers.
    package var servers: [ServerAddress]
    /// By server: its part of the calls, beside those of the others.
    package var weights: [Int]
    package var balance = Balance.roundRobin
    package var outlier = OutlierSettings()
    /// Nil: servers are not probed.
    package var health: HealthSettings?
    /// Nil: no breaker.
    package var breaker: CircuitBreakerSettings?
    /// Nil: what could not connect is tried at the other servers, and nothing else is repeated.
    package var retry: RetrySettings?
    /// Nil: no copies.
    package var hedge: HedgeSettings?
    /// The field that tells a server how many milliseconds of the route's time are left; nil for none.
    package var deadlineField: String?
    /// Equal calls that run at once are made once.
    package var coalesces = false
    /// Nil: no answers are kept.
    package var cache: CacheSettings?
    package var engine: Engine = .auto
    /// For a connection to one of its servers; nil: what `limits` have.
    package var connectTimeout: Duration?
    /// Calls in flight to all of its servers, in each worker; nil: no limit of its own.
    package var maxInFlight: Int?
    /// Calls that wait for one of `maxInFlight` to end; those beyond it fail as `overloaded`.
    ///
    /// 1,000: a burst is smoothed, and what waits longer than a page lives is refused at once.
    package var maxQueue = 1_000
    package var keepalive = Keepalive()
    /// Of connections to its https servers.
    package var tls = TLSSettings()
    /// Whether calls ask for compressed bodies (gzip and br), which saves the wire and costs time.
    package var asksForCompression = false

    /// Of a server that has none of its own.
    static let usualWeight = 1

    package init(name: String, servers: [ServerAddress]) {
        self.name = name
        self.servers = servers
        weights = servers.map { _ in Self.usualWeight }
    }

    /// Where the records are that name the servers; nil where the configuration does.
    package var service: ServerAddress? { servers.first { $0.isService } }
}

/// What moves the calls of an upstream.
package enum Engine: String, Sendable, CaseIterable {
    /// Whatever is fastest for the call and can do what it needs.
    case auto
    /// libcurl for every call.
    case libcurl
}

/// How connections to an upstream's servers wait for their next call (`keepalive:`).
package struct Keepalive: Sendable, Hashable {
    /// The idle age after which a connection is closed.
    ///
    /// 60 s: less than the 75 s after which nginx as a server closes it (keepalive_timeout), so that it is ours to close.
    package var idle: Duration = .seconds(60)
    /// Idle connections to each server, in each worker; 0 keeps none.
    ///
    /// 16,384: as many as calls that a worker has in flight, so that a burst never costs its connections.
    package var connections = 16_384

    package init() {}
}
