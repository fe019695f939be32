import Base
import Policy

/// The part of `/metrics` that is about upstreams and their servers.
///
/// Calls are those of all workers together, since the daemon began; also of upstreams that the configuration has no more.
struct UpstreamMetrics {
    private let now: MonotonicTime
    private let upstreams: [(MetricLabels, UpstreamTraffic)]
    private let conditions: [(labels: MetricLabels, condition: UpstreamCondition)]

    init(_ snapshot: ScoreboardSnapshot, now: MonotonicTime) {
        self.now = now
        upstreams = snapshot.upstreams.map { (MetricLabels.none.with("upstream", $0.name), $0.traffic) }
        conditions = zip(upstreams, snapshot.conditions).map { ($0.0, $1) }
    }

    /// Writes all families.
    func write(into writer: inout MetricsWriter) {
        calls(into: &writer)
        circuits(into: &writer)
        servers(into: &writer)
    }

    private func calls(into writer: inout MetricsWriter) {
        writer.families(upstreams) { $0.calls }
        writer.family("gateway_upstream_calls_failed_total", .counter, "Calls failed, by the reason.")
        for (labels, traffic) in upstreams { writer.failed(labels, traffic.failures) }
        writer.families(upstreams) { $0.attempts }
        writer.family(
            "gateway_upstream_call_duration_seconds", .histogram, "How long calls took, failed ones included.")
        for (labels, traffic) in upstreams { writer.histogram(labels, traffic.latency) }
        writer.families(upstreams) { $0.sharing }
        writer.families(upstreams) { $0.cache }
    }

    private func circuits(into writer: inout MetricsWriter) {
        writer.family("gateway_upstream_circuit_state", .gauge, "The circuit breaker: 1 for the state that it is in.")
        for (labels, condition) in conditions {
            writer.states(labels, CircuitBreaker.state(condition.circuit, at: now))
        }
        writer.family("gateway_upstream_circuit_opened_total", .counter, "How often the circuit opened.")
        for (labels, condition) in conditions { writer.sample(labels, condition.circuit.load(SharedCell.openings)) }
    }

    private func servers(into writer: inout MetricsWriter) {
        let servers = conditions.flatMap { row in
            row.condition.servers(at: now).map { (labels: row.labels.with("server", $0.url), cells: $0.cells) }
        }
        writer.family("gateway_upstream_server_state", .gauge, "Whether calls go there: 1 for the state that it is in.")
        for (labels, cells) in servers { writer.states(labels, ServerHealth(cells).state(at: now)) }
        writer.family("gateway_upstream_server_removed_total", .counter, "How often it was ejected or went down.")
        for (labels, cells) in servers { writer.sample(labels, cells.load(SharedCell.removals)) }
    }
}
