import Base
import Policy

/// The part of `/metrics` that is about upstreams and their servers.
///
/// Calls are those of all workers together, since the daemon began; also of upstreams that the configuration has no more.
struct UpstreamMetrics {
    private let now: MonotonicTime
    private let upstreams: [(labels: MetricLabels, traffic: UpstreamTraffic)]
    private let conditions: [(labels: MetricLabels, condition: UpstreamCondition)]

    init(_ snapshot: ScoreboardSnapshot, now: MonotonicTime) {
        self.now = now
        upstreams = snapshot.upstreams.map { (MetricLabels.none.with("upstream", $0.name), $0.traffic) }
        conditions = zip(upstreams, snapshot.conditions).map { ($0.labels, $1) }
    }

    /// Writes all families.
    func write(into writer: inout MetricsWriter) {
        calls(into: &writer)
        sharing(into: &writer)
        circuits(into: &writer)
        servers(into: &writer)
    }

    private func calls(into writer: inout MetricsWriter) {
        each("gateway_upstream_calls_total", .counter, "Calls begun.", &writer) { $0.calls.total }
        each("gateway_upstream_calls_in_flight", .gauge, "Calls begun and not settled yet.", &writer) {
            $0.calls.inFlight
        }
        writer.family("gateway_upstream_calls_failed_total", .counter, "Calls failed, by the reason.")
        for (labels, traffic) in upstreams { writer.failed(labels, traffic.calls) }
        each("gateway_upstream_retries_total", .counter, "Attempts after the first, for failures.", &writer) {
            $0.retries
        }
        each(
            "gateway_upstream_hedges_total", .counter, "Copies sent because the first attempt was slow.", &writer
        ) { $0.hedges }
        each(
            "gateway_upstream_hedges_won_total", .counter, "Copies that were faster than the first attempt.", &writer
        ) { $0.hedgesWon }
        writer.family(
            "gateway_upstream_call_duration_seconds", .histogram, "How long calls took, failed ones included.")
        for (labels, traffic) in upstreams { writer.histogram(labels, traffic.latency) }
    }

    private func sharing(into writer: inout MetricsWriter) {
        each(
            "gateway_upstream_coalesced_total", .counter, "Calls that waited for the answer to another one.", &writer
        ) { $0.sharing.coalesced }
        each("gateway_upstream_cache_hits_total", .counter, "Calls answered from what is kept.", &writer) {
            $0.sharing.hits
        }
        each(
            "gateway_upstream_cache_misses_total", .counter, "Calls made for want of a kept answer.", &writer
        ) { $0.sharing.misses }
        each(
            "gateway_upstream_cache_stale_total", .counter, "Calls answered with what was fresh no more.", &writer
        ) { $0.sharing.stale }
        each("gateway_upstream_cache_bytes", .gauge, "Bytes of answers that are kept.", &writer) { $0.sharing.bytes }
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

    /// A family with one sample for each upstream.
    private func each(
        _ name: String, _ kind: MetricsWriter.Kind, _ help: String, _ writer: inout MetricsWriter,
        _ value: (UpstreamTraffic) -> UInt64
    ) {
        writer.family(name, kind, help)
        for (labels, traffic) in upstreams { writer.sample(labels, value(traffic)) }
    }
}
