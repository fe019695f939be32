import Base
import JSON

/// The members that `/stats` and the status have in common: the daemon's own, and those of each process.
struct ProcessRows {
    let now: MonotonicTime
    /// Looks up what a process uses by its id; nil when it is not there.
    let usage: (Int32) -> ProcessUsage?

    /// The members of `"supervisor"`.
    func supervisor(_ snapshot: ScoreboardSnapshot, into writer: inout JSONWriter) {
        let entry = snapshot.supervisor
        writer.member("pid", Int(entry.pid))
        writer.member("version", entry.version)
        writer.member("state", entry.state.rawValue)
        writer.member("uptime_seconds", now.since(entry.startedAt).secondsInThousandths)
        writer.member("generation", entry.generation)
        writer.member("workers_wanted", entry.workersWanted)
        writer.member("workers_ready", snapshot.workersReady)
        writer.member("restarts_total", entry.restartsTotal)
        writer.member("log_lines_dropped", entry.logLinesDropped)
        writer.object("config") { writer in
            writer.member("path", entry.configuration.path)
            writer.member("sha256", entry.configuration.sha256)
            writer.member("loaded_at", entry.configuration.loadedAt.rfc3339)
        }
        guard let reload = entry.reload else { return writer.null("reload") }
        writer.object("reload") { writer in
            writer.member("outcome", reload.outcome.rawValue)
            writer.member("generation", reload.generation)
            writer.member("at", reload.at.rfc3339)
            writer.member("message", reload.message)
        }
    }

    /// The members that say which process is there, how it fares, and how the one before it ended.
    func process(_ entry: ProcessEntry, into writer: inout JSONWriter) {
        let uptime = entry.isAlive ? now.since(entry.startedAt) : .zero
        let used = entry.isAlive ? usage(entry.pid) : nil
        writer.member("pid", Int(entry.pid))
        writer.member("generation", entry.generation)
        writer.member("state", entry.state.rawValue)
        writer.member("uptime_seconds", uptime.secondsInThousandths)
        writer.member("restarts", entry.restarts)
        if let exit = entry.lastExit {
            writer.object("last_exit") { writer in
                writer.member("reason", exit.reason)
                writer.member("at", exit.at.rfc3339)
                writer.member("in_flight", exit.inFlight)
            }
        } else {
            writer.null("last_exit")
        }
        writer.member("rss_bytes", used?.residentBytes ?? 0)
        writer.member("cpu_seconds", (used?.cpuTime ?? .zero).secondsInThousandths)
    }

    /// The time since the worker's event loop was last alive, or since it was spawned when that is later.
    func heartbeatAge(of worker: WorkerSnapshot) -> Duration {
        guard worker.process.isAlive else { return .zero }
        return now.since(max(worker.heartbeat ?? worker.process.startedAt, worker.process.startedAt))
    }
}

extension Duration {
    /// Seconds with three decimals.
    var secondsInThousandths: JSONWriter.Thousandths {
        JSONWriter.Thousandths(count: wholeNanoseconds / 1_000_000)
    }

    /// Milliseconds with three decimals.
    var millisecondsInThousandths: JSONWriter.Thousandths { JSONWriter.Thousandths(count: wholeMicroseconds) }
}
