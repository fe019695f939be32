package import Base
import JSON

/// What `gatewayctl status` shows: the daemon and a line for each process, as JSON with the names that `/stats` uses.
package struct StatusReport {
    private let snapshot: ScoreboardSnapshot
    private let processes: ProcessRows

    /// A report of `snapshot`, for which the depth `counters` is enough, at the time `now`; `usage` looks up a process
    /// by its id.
    package init(
        _ snapshot: ScoreboardSnapshot, now: MonotonicTime,
        usage: @escaping (Int32) -> ProcessUsage? = { ProcessUsage.read(pid: $0) }
    ) {
        self.snapshot = snapshot
        self.processes = ProcessRows(now: now, usage: usage)
    }

    /// The text, one line without a newline at its end.
    package var json: String {
        JSONWriter.object { writer in
            writer.object("supervisor") { processes.supervisor(snapshot, into: &$0) }
            writer.object("admin") { processes.process(snapshot.admin ?? ProcessEntry(), into: &$0) }
            writer.array("workers", of: snapshot.workers) { writer, worker in
                writer.member("id", worker.id)
                processes.process(worker.process, into: &writer)
                let open = worker.traffic.connections[.active]
                writer.object("connections") { $0.member(ConnectionCounter.active.row.member, open) }
                writer.object("requests") { writer in writer.members(worker.traffic.requests) }
            }
        }
    }
}
