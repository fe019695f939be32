import Base
import JSON

/// The daemon's answer to `status`, as a table.
struct StatusTable: Decodable {
    struct Supervisor: Decodable {
        var pid: Int
        var version: String
        var state: String
        var uptime_seconds: Double
        var workers_wanted: Int
        var workers_ready: Int
        var restarts_total: Int
        var reload: Change?
    }

    struct Change: Decodable {
        var outcome: String
        var generation: Int
        var at: String
        var message: String

        /// One line of JSON.
        var json: String {
            "{\"outcome\":\"\(outcome)\",\"generation\":\(generation),\"message\":\(JSONText.quoted(message))}"
        }
    }

    struct Worker: Decodable {
        struct Exit: Decodable {
            var reason: String
        }
        struct Connections: Decodable {
            var active: Int
        }
        struct Requests: Decodable {
            var total: Int
            var in_flight: Int
        }
        var id: Int
        var pid: Int
        var state: String
        var uptime_seconds: Double
        var restarts: Int
        var last_exit: Exit?
        var rss_bytes: Int
        var cpu_seconds: Double
        var connections: Connections
        var requests: Requests
    }

    var supervisor: Supervisor
    var workers: [Worker]
    /// As it came.
    var json = ""

    private enum CodingKeys: String, CodingKey {
        case supervisor, workers
    }

    /// Whether every worker that there should be serves, and nothing holds one back.
    var isWell: Bool {
        ["running", "reloading"].contains(supervisor.state) && supervisor.workers_ready >= supervisor.workers_wanted
    }

    /// How it is, in a few words.
    var headline: String {
        let held = workers.filter { $0.state == "held" }.map {
            "worker \($0.id) is held after \($0.last_exit?.reason ?? "?")"
        }
        let hanging = workers.filter { $0.state == "unresponsive" }.map { "worker \($0.id) does not respond" }
        let missing = supervisor.workers_wanted - supervisor.workers_ready
        if supervisor.state == "draining" { return "draining" }
        if isWell { return supervisor.state == "reloading" ? "ok, reloading" : "ok" }
        let reasons = held + hanging
        let counted = missing > 0 ? ["\(missing) of \(supervisor.workers_wanted) workers not ready"] : []
        return "degraded: "
            + (reasons.isEmpty ? counted + (counted.isEmpty ? ["a process is held"] : []) : reasons)
            .joined(separator: ", ")
    }

    /// A line on the daemon, then a line per worker under headings.
    var text: String {
        let titles = [
            "WORKER", "PID", "STATE", "UP", "RESTARTS", "CONNS", "IN FLIGHT", "REQUESTS", "MEMORY", "CPU", "LAST EXIT",
        ]
        let rows = [titles] + workers.map(Self.row)
        let lines = TextColumns.lines(rows)
        let head =
            "\(headline): gatewayd \(supervisor.version), \(supervisor.state), pid \(supervisor.pid), "
            + "up \(Self.time(supervisor.uptime_seconds)), "
            + "\(supervisor.workers_ready)/\(supervisor.workers_wanted) workers ready, "
            + "\(supervisor.restarts_total) restarts"
        return ([head] + notes + lines).joined(separator: "\n") + "\n"
    }

    /// Why the last reload did not do what it was to; what went well is not worth a line.
    private var notes: [String] {
        guard let reload = supervisor.reload, reload.outcome == "refused" || reload.outcome == "failed" else {
            return []
        }
        return ["the change of \(reload.at) was \(reload.outcome):"]
            + reload.message.split(separator: "\n").map { "  \($0)" }
    }

    private static func row(_ worker: Worker) -> [String] {
        [
            "\(worker.id)", "\(worker.pid)", worker.state, time(worker.uptime_seconds), "\(worker.restarts)",
            "\(worker.connections.active)", "\(worker.requests.in_flight)", "\(worker.requests.total)",
            "\(worker.rss_bytes >> 20) MiB", time(worker.cpu_seconds), worker.last_exit?.reason ?? "-",
        ]
    }

    private static func time(_ seconds: Double) -> String {
        let whole = Int(seconds)
        return switch whole {
        case ..<60: "\(whole)s"
        case ..<3_600: "\(whole / 60)m \(whole % 60)s"
        case ..<86_400: "\(whole / 3_600)h \(whole / 60 % 60)m"
        default: "\(whole / 86_400)d \(whole / 3_600 % 24)h"
        }
    }
}
