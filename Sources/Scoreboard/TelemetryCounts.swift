import JSON

/// What was told of requests beside their answers, and what of that was lost.
///
/// Merging is associative and commutative.
package struct TelemetryCounts: Sendable, Equatable {
    /// Lines of the access log that nobody took in time.
    package var logLinesDropped: UInt64 = 0
    /// Spans that a collector has taken.
    package var spansExported: UInt64 = 0
    /// Spans that had no room, or that no collector took.
    package var spansDropped: UInt64 = 0

    init() {}

    init(_ words: SharedWords) {
        logLinesDropped = words.load(WorkerWords.logLinesDropped)
        spansExported = words.load(WorkerWords.spansExported)
        spansDropped = words.load(WorkerWords.spansDropped)
    }

    /// Adds what `other` counted.
    package mutating func merge(_ other: TelemetryCounts) {
        logLinesDropped &+= other.logLinesDropped
        spansExported &+= other.spansExported
        spansDropped &+= other.spansDropped
    }

    /// The members of a worker, and of the totals, in `/stats`.
    func write(into writer: inout JSONWriter) {
        writer.object("access_log") { $0.member("lines_dropped", logLinesDropped) }
        writer.object("tracing") { writer in
            writer.member("spans_exported", spansExported)
            writer.member("spans_dropped", spansDropped)
        }
    }
}

extension WorkerCounters {
    /// Lines of the access log were lost.
    package func logLinesDropped(_ count: Int) {
        memory.add(UInt64(clamping: count), to: WorkerWords.logLinesDropped)
    }

    /// A collector has taken spans.
    package func spansExported(_ count: Int) {
        memory.add(UInt64(clamping: count), to: WorkerWords.spansExported)
    }

    /// Spans were lost.
    package func spansDropped(_ count: Int) {
        memory.add(UInt64(clamping: count), to: WorkerWords.spansDropped)
    }
}

/// The families of `/metrics` about logs and traces.
struct TelemetryMetrics {
    var workers: [(labels: MetricLabels, worker: WorkerSnapshot)]
    var supervisor: SupervisorEntry

    func write(into writer: inout MetricsWriter) {
        family("gateway_access_log_lines_dropped_total", "Lines of the access log that nobody took.", &writer) {
            $0.logLinesDropped
        }
        writer.family(
            "gateway_log_lines_dropped_total", .counter, "Lines of the daemon's log that nobody took.")
        writer.sample(.none, UInt64(clamping: supervisor.logLinesDropped))
        family("gateway_trace_spans_exported_total", "Spans that the collector has taken.", &writer) {
            $0.spansExported
        }
        family("gateway_trace_spans_dropped_total", "Spans for which there was no room, or no collector.", &writer) {
            $0.spansDropped
        }
    }

    private func family(
        _ name: String, _ help: String, _ writer: inout MetricsWriter, _ value: (TelemetryCounts) -> UInt64
    ) {
        writer.family(name, .counter, help)
        for (labels, worker) in workers { writer.sample(labels, value(worker.traffic.telemetry)) }
    }
}
