package import Base
import JSON
import Policy

/// What `GET /stats` answers: the whole scoreboard as JSON, by the schema that dashboards rely on.
///
/// Every key is always there, except in `failed`, which lists the kinds of failure that were seen. Times that need a
/// process (`uptime_seconds`, `heartbeat_age_ms`, `rss_bytes`, `cpu_seconds`) are 0 while there is none.
package struct StatsReport {
    private let snapshot: ScoreboardSnapshot
    private let processes: ProcessRows
    private let now: MonotonicTime

    /// A report of `snapshot` at the time `now`; `usage` looks up a process by its id.
    package init(
        _ snapshot: ScoreboardSnapshot, now: MonotonicTime,
        usage: @escaping (Int32) -> ProcessUsage? = { ProcessUsage.read(pid: $0) }
    ) {
        self.snapshot = snapshot
        self.now = now
        self.processes = ProcessRows(now: now, usage: usage)
    }

    /// The text, one line without a newline at its end.
    package var json: String {
        JSONWriter.object { writer in
            writer.object("supervisor") { processes.supervisor(snapshot, into: &$0) }
            writer.object("admin") { processes.process(snapshot.admin ?? ProcessEntry(), into: &$0) }
            writer.array("workers", of: snapshot.workers) { worker($1, into: &$0) }
            writer.object("totals") { writer in
                traffic(snapshot.totals, into: &writer)
                if let limit = snapshot.adaptiveLimit {
                    writer.member("adaptive_limit", limit)
                } else {
                    writer.null("adaptive_limit")
                }
            }
            writer.object("routes") { writer in
                for (path, traffic) in snapshot.routes { writer.object(path) { route(traffic, into: &$0) } }
            }
            writer.object("upstreams") { writer in
                for (index, (name, traffic)) in snapshot.upstreams.enumerated() {
                    writer.object(name) { writer in
                        upstream(traffic, into: &writer)
                        if snapshot.conditions.indices.contains(index) {
                            condition(snapshot.conditions[index], into: &writer)
                        }
                    }
                }
            }
            writer.array("crashes", json: snapshot.crashes.map(\.json).filter(Self.isObject))
        }
    }

    /// The memory that reports lie in can be written by workers, and one may have gone wild.
    private static func isObject(_ text: String) -> Bool {
        let document = Array(text.utf8).withUnsafeBufferPointer { try? JSONScanner.document($0) }
        return if case .object = document { true } else { false }
    }

    private func worker(_ worker: WorkerSnapshot, into writer: inout JSONWriter) {
        writer.member("id", worker.id)
        processes.process(worker.process, into: &writer)
        traffic(worker.traffic, into: &writer)
        writer.object("loop_lag_ms") { writer in
            writer.quantile("p50", 0.5, of: worker.loopLag)
            writer.quantile("p99", 0.99, of: worker.loopLag)
            writer.maximum(of: worker.loopLag)
        }
        writer.member("heartbeat_age_ms", processes.heartbeatAge(of: worker).millisecondsInThousandths)
    }

    private func traffic(_ traffic: Traffic, into writer: inout JSONWriter) {
        writer.object("connections") { writer in writer.members(traffic.connections) }
        writer.object("requests") { writer in
            writer.members(traffic.requests)
            byClass(traffic.byClass, into: &writer)
            writer.members(traffic.refusals)
        }
        writer.object("calls") { writer in
            writer.members(traffic.calls)
            failed(traffic.failures, into: &writer)
        }
        latency(traffic.latency, into: &writer)
        writer.object("access_log") { writer in writer.members(traffic.accessLog) }
        writer.object("tracing") { writer in writer.members(traffic.spans) }
    }

    private func route(_ traffic: RouteTraffic, into writer: inout JSONWriter) {
        writer.member("requests_total", traffic.total)
        byClass(traffic.byClass, into: &writer)
        writer.object("latency_ms") { writer in
            let timed = traffic.buckets.reduce(0, &+)
            let mean = timed == 0 ? 0 : traffic.sumMicroseconds / timed
            writer.member("mean", JSONWriter.Thousandths(count: mean))
            writer.member("max", JSONWriter.Thousandths(count: traffic.maxMicroseconds))
        }
    }

    private func byClass(_ counts: ClassCounts, into writer: inout JSONWriter) {
        writer.object("by_class") { writer in
            for (name, count) in counts.named { writer.member(name, count) }
        }
    }

    private func upstream(_ traffic: UpstreamTraffic, into writer: inout JSONWriter) {
        writer.members(traffic.calls)
        writer.members(traffic.attempts)
        writer.members(traffic.sharing)
        writer.object("cache") { writer in writer.members(traffic.cache) }
        failed(traffic.failures, into: &writer)
        latency(traffic.latency, into: &writer)
    }

    private func condition(_ condition: UpstreamCondition, into writer: inout JSONWriter) {
        writer.object("circuit") { writer in
            writer.member("state", CircuitBreaker.state(condition.circuit, at: now).rawValue)
            writer.member("opened_total", condition.circuit.load(SharedCell.openings))
        }
        writer.array("servers", of: condition.servers(at: now)) { writer, server in
            writer.member("url", server.url)
            writer.member("state", ServerHealth(server.cells).state(at: now).rawValue)
            writer.member("removed_total", server.cells.load(SharedCell.removals))
        }
    }

    private func failed(_ failures: FailureCounts, into writer: inout JSONWriter) {
        writer.object("failed") { writer in
            for failure in Failure.allCases where failures[failure] > 0 {
                writer.member(failure.name, failures[failure])
            }
        }
    }

    private func latency(_ latency: HistogramSnapshot, into writer: inout JSONWriter) {
        writer.object("latency_ms") { writer in
            writer.quantile("p50", 0.5, of: latency)
            writer.quantile("p90", 0.9, of: latency)
            writer.quantile("p99", 0.99, of: latency)
            writer.maximum(of: latency)
        }
    }
}

extension JSONWriter {
    /// A member for each counter of a table.
    mutating func members<Table>(_ counts: Counts<Table>) {
        for counter in Table.allCases { member(counter.row.member, counts[counter]) }
    }

    /// A quantile in milliseconds.
    mutating func quantile(_ key: String, _ quantile: Double, of histogram: HistogramSnapshot) {
        member(key, Thousandths(count: histogram.microseconds(atQuantile: quantile)))
    }

    /// The maximum in milliseconds.
    mutating func maximum(of histogram: HistogramSnapshot) {
        member("max", Thousandths(count: histogram.maxMicroseconds))
    }
}
