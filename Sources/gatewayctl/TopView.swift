/// What `top` shows of two samples: rates are of the time between them, latencies since the daemon's start.
struct TopView {
    /// Without it there are no rates yet.
    var before: TopSample?
    var now: TopSample
    /// Seconds between the two.
    var seconds: Double

    /// The screen: at most so many lines, each of at most so many characters.
    func lines(rows: Int, columns: Int) -> [String] {
        let head = [headline, totals, ""]
        let workers = table(
            ["WORKER", "PID", "STATE", "CONNS", "REQ/S", "IN FLIGHT", "P50 MS", "P99 MS", "LAG P99", "CPU", "MEMORY"],
            now.workers.map(row))
        let upstreams = table(
            ["UPSTREAM", "CALLS/S", "IN FLIGHT", "FAILED/S", "P50 MS", "P99 MS"],
            now.upstreams.sorted { $0.key < $1.key }.map { row($0.key, $0.value) })
        var lines = head + workers + [""] + upstreams
        if lines.count > rows {
            let hidden = lines.count - max(0, rows - 1)
            lines = lines.prefix(max(0, rows - 1)) + ["… \(hidden) more lines"]
        }
        return lines.prefix(max(0, rows)).map { Self.harmless($0.prefix(max(0, columns))) }
    }

    /// Without characters that would command the terminal: the daemon's words are its own, and its configuration's.
    private static func harmless(_ line: Substring) -> String {
        String(
            String.UnicodeScalarView(line.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
    }

    /// One line for where there is no screen.
    var line: String {
        let rate = rate(before?.totals.requests.total, now.totals.requests.total)
        return "\(now.supervisor.state) \(now.supervisor.workers_ready)/\(now.supervisor.workers_wanted) workers, "
            + "\(rate) req/s, \(now.totals.requests.in_flight) in flight, \(now.totals.connections.active) connections, "
            + "p99 \(number(now.totals.latency_ms.p99)) ms"
    }

    private var headline: String {
        let supervisor = now.supervisor
        return "gatewayd \(supervisor.version)  \(supervisor.state)  up \(Int(supervisor.uptime_seconds))s  "
            + "\(supervisor.workers_ready)/\(supervisor.workers_wanted) workers ready  \(supervisor.restarts_total) restarts"
    }

    private var totals: String {
        "\(rate(before?.totals.requests.total, now.totals.requests.total)) req/s  "
            + "\(now.totals.requests.in_flight) in flight  \(now.totals.connections.active) connections  "
            + "p50 \(number(now.totals.latency_ms.p50)) ms  p99 \(number(now.totals.latency_ms.p99)) ms"
    }

    private func row(_ worker: TopSample.Worker) -> [String] {
        let earlier = before?.workers.first { $0.id == worker.id }
        // Another process in the slot began to use the processor anew.
        let cpu = earlier.flatMap { $0.pid == worker.pid ? worker.cpu_seconds - $0.cpu_seconds : nil }
        return [
            "\(worker.id)", "\(worker.pid)", worker.state, "\(worker.connections.active)",
            rate(earlier?.requests.total, worker.requests.total), "\(worker.requests.in_flight)",
            number(worker.latency_ms.p50), number(worker.latency_ms.p99), number(worker.loop_lag_ms.p99),
            cpu.map { seconds > 0 ? "\(Int(max(0, $0) / seconds * 100 + 0.5))%" : "-" } ?? "-",
            "\(worker.rss_bytes >> 20) MiB",
        ]
    }

    private func row(_ name: String, _ upstream: TopSample.Upstream) -> [String] {
        let earlier = before?.upstreams[name]
        return [
            name, rate(earlier?.calls_total, upstream.calls_total), "\(upstream.in_flight)",
            rate(earlier?.failed.values.reduce(0, +), upstream.failed.values.reduce(0, +)),
            number(upstream.latency_ms.p50), number(upstream.latency_ms.p99),
        ]
    }

    /// Columns as wide as their widest cell; numbers to the right, and names, which come first, to the left.
    private func table(_ titles: [String], _ rows: [[String]]) -> [String] {
        let all = [titles] + rows
        let widths = titles.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            row.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - row[column].count)
                return column == 0 ? row[column] + space : space + row[column]
            }.joined(separator: "  ")
        }
    }

    private func rate(_ before: Int?, _ now: Int) -> String {
        guard let before, seconds > 0 else { return "-" }
        return number(Double(max(0, now - before)) / seconds)
    }

    /// With one decimal below 100.
    private func number(_ value: Double) -> String {
        guard value.isFinite, value < 1e12 else { return "-" }
        if value >= 100 { return "\(Int(value.rounded()))" }
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
