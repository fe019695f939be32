package import Base
import Policy

/// What `GET /metrics` answers: the whole scoreboard in Prometheus' text format.
///
/// All that can be counted is there from the start, so that the first failure shows as an increase. How many samples there
/// are depends on workers, routes, upstreams and servers, never on requests. What needs a process is left out while there is none.
package struct MetricsReport {
    private let snapshot: ScoreboardSnapshot
    private let processes: ProcessRows
    private let now: MonotonicTime
    private let workers: [(labels: MetricLabels, worker: WorkerSnapshot)]
    private var traffic: [(MetricLabels, Traffic)] { workers.map { ($0.labels, $0.worker.traffic) } }

    /// The media type of the text, with the format's version.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// A report of `snapshot` at the time `now`; `usage` looks up a process by its id.
    package init(
        _ snapshot: ScoreboardSnapshot, now: MonotonicTime,
        usage: @escaping (Int32) -> ProcessUsage? = { ProcessUsage.read(pid: $0) }
    ) {
        self.snapshot = snapshot
        self.now = now
        processes = ProcessRows(now: now, usage: usage)
        workers = snapshot.workers.map { (MetricLabels.none.with("worker", "\($0.id)"), $0) }
    }

    /// The text; each line ends with a newline.
    package var text: String {
        var writer = MetricsWriter()
        daemon(into: &writer)
        connectionsAndRequests(into: &writer)
        calls(into: &writer)
        workerProcesses(into: &writer)
        logsAndTraces(into: &writer)
        RouteMetrics(snapshot).write(into: &writer)
        UpstreamMetrics(snapshot, now: now).write(into: &writer)
        return writer.text
    }

    private func daemon(into writer: inout MetricsWriter) {
        let entry = snapshot.supervisor
        writer.family("gateway_build_info", .gauge, "The program's version, as a label; always 1.")
        writer.sample(MetricLabels.none.with("version", entry.version), 1 as UInt64)
        writer.family("gateway_uptime_seconds", .gauge, "Time since the supervisor started.")
        writer.sample(.none, now.since(entry.startedAt).seconds)
        writer.family("gateway_state", .gauge, "What the daemon is doing: 1 for the state that it is in.")
        writer.states(.none, entry.state)
        writer.family("gateway_workers_wanted", .gauge, "Workers that there should be.")
        writer.sample(.none, UInt64(clamping: entry.workersWanted))
        writer.family("gateway_workers_ready", .gauge, "Workers that serve.")
        writer.sample(.none, UInt64(clamping: snapshot.workersReady))
        writer.family("gateway_restarts_total", .counter, "Workers started because the one before them ended.")
        writer.sample(.none, UInt64(clamping: entry.restartsTotal))
        writer.family("gateway_generation", .gauge, "Configurations put into use since the supervisor started.")
        writer.sample(.none, UInt64(clamping: entry.generation))
        writer.family("gateway_config_load_timestamp_seconds", .gauge, "When the configuration was put into use.")
        writer.sample(.none, Double(entry.configuration.loadedAt.milliseconds) / 1_000)
        writer.family("gateway_config_last_reload_successful", .gauge, "0 when the last reload failed or was refused.")
        let isBad = entry.reload.map { $0.outcome == .failed || $0.outcome == .refused } ?? false
        writer.sample(.none, isBad ? 0 : 1 as UInt64)
    }

    private func connectionsAndRequests(into writer: inout MetricsWriter) {
        writer.families(traffic) { $0.connections }
        writer.families(traffic, of: .counter) { $0.requests }
        writer.family("gateway_requests_total", .counter, "Requests answered, by the class of the status.")
        for (labels, traffic) in traffic { writer.classes(labels, traffic.byClass) }
        writer.families(traffic, of: .gauge) { $0.requests }
        writer.families(traffic) { $0.refusals }
        if let limit = snapshot.adaptiveLimit {
            writer.family(
                "gateway_requests_adaptive_limit", .gauge, "Requests in flight that the workers allow, all together.")
            writer.sample(.none, limit)
        }
        writer.family("gateway_request_duration_seconds", .histogram, "How long requests took.")
        for (labels, traffic) in traffic { writer.histogram(labels, traffic.latency) }
    }

    private func calls(into writer: inout MetricsWriter) {
        writer.families(traffic) { $0.calls }
        writer.family("gateway_calls_failed_total", .counter, "Calls failed, by the reason.")
        for (labels, traffic) in traffic { writer.failed(labels, traffic.failures) }
    }

    private func logsAndTraces(into writer: inout MetricsWriter) {
        writer.families(traffic) { $0.accessLog }
        writer.family(
            "gateway_log_lines_dropped_total", .counter, "Lines of the daemon's log that nobody took.")
        writer.sample(.none, UInt64(clamping: snapshot.supervisor.logLinesDropped))
        writer.families(traffic) { $0.spans }
    }

    private func workerProcesses(into writer: inout MetricsWriter) {
        writer.family("gateway_worker_state", .gauge, "Where the worker is in its life: 1 for the state that it is in.")
        for (labels, worker) in workers { writer.states(labels, worker.process.state) }
        writer.family("gateway_worker_restarts_total", .counter, "Starts because the one before it ended.")
        for (labels, worker) in workers { writer.sample(labels, UInt64(clamping: worker.process.restarts)) }
        writer.family("gateway_loop_lag_seconds", .histogram, "How late the event loop ran what was due.")
        for (labels, worker) in workers { writer.histogram(labels, worker.loopLag) }
        let living = workers.filter { $0.worker.process.isAlive }
        writer.family("gateway_worker_heartbeat_age_seconds", .gauge, "Time since the event loop was last alive.")
        for (labels, worker) in living { writer.sample(labels, processes.heartbeatAge(of: worker).seconds) }
        let used = living.compactMap { row in processes.usage(row.worker.process.pid).map { (row.labels, $0) } }
        writer.family("gateway_worker_resident_memory_bytes", .gauge, "Memory held in RAM, shared pages included.")
        for (labels, usage) in used { writer.sample(labels, usage.residentBytes) }
        writer.family(
            "gateway_worker_cpu_seconds_total", .counter,
            "Time on a CPU, user and system; begins anew with each process of the worker.")
        for (labels, usage) in used { writer.sample(labels, usage.cpuTime.seconds) }
    }
}

extension MetricsWriter {
    /// A sample for each way in which calls fail.
    mutating func failed(_ labels: MetricLabels, _ failures: FailureCounts) {
        for failure in Failure.allCases { sample(labels.with("reason", failure.name), failures[failure]) }
    }

    /// A sample for each class of status.
    mutating func classes(_ labels: MetricLabels, _ counts: ClassCounts) {
        for (name, count) in counts.named { sample(labels.with("class", name), count) }
    }

    /// A family for each counter of a table, or for those of one kind, with a sample for each owner of the table.
    mutating func families<Owner, Table>(
        _ owners: [(MetricLabels, Owner)], of kind: Kind? = nil, _ counts: (Owner) -> Counts<Table>
    ) {
        for counter in Table.allCases where kind == nil || counter.row.kind == kind {
            family(counter.row.metric, counter.row.kind, counter.row.help)
            for (labels, owner) in owners { sample(labels, counts(owner)[counter]) }
        }
    }
}

extension Duration {
    /// Seconds, to the microsecond.
    fileprivate var seconds: Double { MetricsWriter.seconds(wholeMicroseconds) }
}
