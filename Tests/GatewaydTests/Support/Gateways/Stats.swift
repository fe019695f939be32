import Foundation

/// What `/stats` answers, as a dashboard reads it.
struct Stats: Decodable, Sendable {
    struct Supervisor: Decodable, Sendable {
        var pid: Int32
        var state: String
        var uptime_seconds: Double
        var workers_wanted: Int
        var workers_ready: Int
        var restarts_total: Int
        var generation: Int
        var config: Config
        var reload: Reload?
    }

    struct Config: Decodable, Sendable {
        var sha256: String
        var loaded_at: String
    }

    struct Reload: Decodable, Sendable {
        var outcome: String
        var generation: Int
        var message: String
    }

    struct Crash: Decodable, Sendable {
        var id: Int
        var pid: Int32
        var reason: String
        var in_flight: Int
        var suspect: String?
        var requests: [Request]
        var stderr: String

        struct Request: Decodable, Sendable {
            var route: String?
            var age_ms: Int
            var request_id: String
            var waits_for: [String]
        }
    }

    struct Exit: Decodable, Sendable {
        var reason: String
        var in_flight: Int
    }

    struct Connections: Decodable, Sendable {
        var active: Int
        var accepted_total: Int
    }

    struct Requests: Decodable, Sendable {
        var total: Int
        var in_flight: Int
        var by_class: [String: Int]
        var rate_limited: Int
        var refused: Int
    }

    struct Calls: Decodable, Sendable {
        var total: Int
        var in_flight: Int
        var failed: [String: Int]
    }

    struct Worker: Decodable, Sendable {
        var rss_bytes: Int
        var id: Int
        var pid: Int32
        var generation: Int
        var state: String
        var restarts: Int
        var last_exit: Exit?
        var connections: Connections
        var requests: Requests
        var calls: Calls
    }

    struct Route: Decodable, Sendable {
        struct Latency: Decodable, Sendable {
            var mean: Double
            var max: Double
        }

        var requests_total: Int
        var by_class: [String: Int]
        var latency_ms: Latency
    }

    struct Totals: Decodable, Sendable {
        var connections: Connections
        var requests: Requests
        var calls: Calls
    }

    struct Cache: Decodable, Sendable {
        var hits: Int
        var misses: Int
        var stale: Int
        var bytes: Int
    }

    struct Upstream: Decodable, Sendable {
        struct Circuit: Decodable, Sendable {
            var state: String
            var opened_total: Int
        }

        struct Server: Decodable, Sendable {
            var url: String
            var state: String
            var removed_total: Int
        }

        var calls_total: Int
        var in_flight: Int
        var failed: [String: Int]
        var retries_total: Int?
        var hedges_total: Int?
        var hedges_won_total: Int?
        var coalesced: Int?
        var cache: Cache?
        var circuit: Circuit?
        var servers: [Server]?
    }

    struct Admin: Decodable, Sendable {
        var pid: Int32
        var state: String
        var restarts: Int
        var last_exit: Exit?
    }

    var supervisor: Supervisor
    var workers: [Worker]
    var totals: Totals
    /// Nil where the version does not tell.
    var routes: [String: Route]?
    var upstreams: [String: Upstream]
    var crashes: [Crash]
    /// The admin process itself; nil where the version does not tell.
    var admin: Admin?
}
