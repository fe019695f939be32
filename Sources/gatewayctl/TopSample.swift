/// What the daemon had counted at one moment, as far as `top` shows it.
struct TopSample: Decodable {
    struct Supervisor: Decodable {
        var version: String
        var state: String
        var uptime_seconds: Double
        var workers_wanted: Int
        var workers_ready: Int
        var restarts_total: Int
    }

    struct Connections: Decodable {
        var active: Int
    }

    struct Requests: Decodable {
        var total: Int
        var in_flight: Int
    }

    struct Latency: Decodable {
        var p50: Double
        var p99: Double
    }

    struct Lag: Decodable {
        var p99: Double
    }

    struct Worker: Decodable {
        var id: Int
        var pid: Int
        var state: String
        var uptime_seconds: Double
        var connections: Connections
        var requests: Requests
        var latency_ms: Latency
        var loop_lag_ms: Lag
        var rss_bytes: Int
        var cpu_seconds: Double
    }

    struct Totals: Decodable {
        var connections: Connections
        var requests: Requests
        var latency_ms: Latency
    }

    struct Upstream: Decodable {
        var calls_total: Int
        var in_flight: Int
        var failed: [String: Int]
        var latency_ms: Latency
    }

    var supervisor: Supervisor
    var workers: [Worker]
    var totals: Totals
    var upstreams: [String: Upstream]
}
