package import Policy

/// A service that calls go to, under one name in routes, statistics and logs.
package struct Upstream: Sendable, Hashable {
    /// Unique; an upstream that a call's `url` implies is named by its origin, such as `http://127.0.0.1:9005`.
    package var name: String
    /// Never empty; one alone where that is a service, whose records name the servers.
    package var servers: [ServerAddress]
    /// By server: its part of the calls, beside those of the others.
    package var weights: [Int]
    /// Nil: servers are not probed.
    package var health: HealthSettings?
    /// How its servers are spoken to; without a `connectTimeout` the one of `limits` holds.
    package var settings = UpstreamSettings()

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
