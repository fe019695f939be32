import Base
import Glibc
package import Processes
import Scoreboard
package import Telemetry

/// The supervisor's log: one verb per thing worth telling, so that wording and level stand in this file only.
package struct SupervisorLog {
    let output: LogOutput

    package init(_ output: LogOutput) {
        self.output = output
    }

    /// Passes on a line of a child, with its end.
    package func passOn(_ line: String, of role: ChildRole, pid: Int32) {
        output.passOn(line) {
            var event = LogLine(time: WallTime.now().rfc3339, level: .error, event: "\(Self.prefix(role))_output")
            Self.add(role, pid: pid, to: &event)
            return event
        }
    }

    package func supervisorStarted(version: String, workers: Int, openFiles: UInt64) {
        write(.info, "supervisor_started") {
            $0.add("version", version)
            $0.add("pid", Int(getpid()))
            $0.add("workers", workers)
            $0.add("open_files", Int(clamping: openFiles))
        }
    }

    package func listening(_ address: SocketAddress, for purpose: String) {
        write(.info, "listening") {
            $0.add("address", address.description)
            $0.add("for", purpose)
        }
    }

    package func cannotStart(_ error: StartError) {
        write(.error, "cannot_start") {
            $0.add("message", error.description)
            $0.add("exit_code", Int(error.exitCode))
        }
    }

    package func allReady() {
        write(.info, "all_ready")
    }

    package func childStarted(_ role: ChildRole, pid: Int32, generation: Int) {
        write(.info, "started", role, pid: pid) { $0.add("generation", generation) }
    }

    package func childReady(_ role: ChildRole, pid: Int32) {
        write(.info, "ready", role, pid: pid)
    }

    package func childReportedFailure(_ role: ChildRole, pid: Int32, reason: String) {
        write(.error, "cannot_start", role, pid: pid) { $0.add("message", reason) }
    }

    package func childSaidUnknown(_ role: ChildRole, pid: Int32, text: String) {
        write(.warning, "message_unknown", role, pid: pid) { $0.add("message", text) }
    }

    package func childStartTimedOut(_ role: ChildRole, pid: Int32) {
        write(.error, "start_timeout", role, pid: pid) {
            $0.add("limit_ms", Int(SupervisionLimits.start.wholeMilliseconds))
        }
    }

    package func childUnresponsive(_ role: ChildRole, pid: Int32) {
        write(.error, "unresponsive", role, pid: pid)
    }

    package func childDrainTimedOut(_ role: ChildRole, pid: Int32) {
        write(.warning, "drain_timeout", role, pid: pid)
    }

    package func childSpawnFailed(_ role: ChildRole, _ error: SystemError) {
        write(.error, "spawn_failed", role, pid: nil) { $0.add("message", error.description) }
    }

    /// A child ended; one that never became ready is told apart, and one that says why by its exit code even more so.
    package func childEnded(
        _ role: ChildRole, pid: Int32, _ end: ChildEnd, reason: String, inFlight: Int
    ) {
        write(end.isExpected ? .info : .error, end.beforeReady ? "start_failed" : "exited", role, pid: pid) {
            $0.add("reason", reason)
            if end.beforeReady, let meaning = Self.meaning(of: reason) { $0.add("message", meaning) }
            $0.add("in_flight", inFlight)
        }
    }

    package func childHeld(_ role: ChildRole, for duration: Duration) {
        write(.error, "held", role, pid: nil) { $0.add("for_ms", Int(clamping: duration.wholeMilliseconds)) }
    }

    package func childRestarts(_ role: ChildRole, after duration: Duration) {
        write(.info, "restart_planned", role, pid: nil) {
            $0.add("after_ms", Int(clamping: duration.wholeMilliseconds))
        }
    }

    package func draining(because cause: String, limit: Duration) {
        write(.info, "draining") {
            $0.add("because", cause)
            $0.add("limit_ms", Int(clamping: limit.wholeMilliseconds))
        }
    }

    package func killing(because cause: String) {
        write(.warning, "killing") { $0.add("because", cause) }
    }

    /// USR1: logs go to standard output and error, and whoever writes them to files rotates those.
    package func nothingToReopen(_ number: Int32) {
        write(.info, "signal_ignored") {
            $0.add("signal", signalName(number))
            $0.add("message", "logs go to standard output and error, there is no file to reopen")
        }
    }

    package func failed(_ error: SystemError) {
        write(.error, "system_error") { $0.add("message", error.description) }
    }

    package func stopped(exitCode: Int32) {
        write(.info, "stopped") { $0.add("exit_code", Int(exitCode)) }
    }

    // MARK: Reloads, restarts, upgrades and scaling

    /// New workers are on their way: of a reload, a restart or of recycling, each by its own event.
    package func rollStarted(_ purpose: String, slots: [Int], generation: Int, because reason: String?) {
        write(.info, "\(purpose)_started") {
            $0.add("slots", slots.map(String.init).joined(separator: ","))
            $0.add("generation", generation)
            if let reason { $0.add("because", reason) }
        }
    }

    package func rollDone(_ purpose: String, generation: Int) {
        write(.info, "\(purpose)_done") { $0.add("generation", generation) }
    }

    /// The old workers stay.
    package func rollFailed(_ purpose: String, generation: Int, reason: String) {
        write(.error, "\(purpose)_failed") {
            $0.add("generation", generation)
            $0.add("message", reason)
        }
    }

    /// Nothing was started.
    package func reloadRefused(reason: String) {
        write(.error, "reload_refused") { $0.add("message", reason) }
    }

    /// The program at this path is to show that it can take over.
    package func upgradeRequested(_ path: String) {
        write(.info, "upgrade_requested") { $0.add("program", path) }
    }

    /// The program at this path takes over this process now.
    package func upgrading(_ path: String) {
        write(.info, "upgrading") { $0.add("program", path) }
    }

    /// This program has taken over, with so many workers of the one before.
    package func upgraded(version: String, workers: Int) {
        write(.info, "upgraded") {
            $0.add("version", version)
            $0.add("workers", workers)
        }
    }

    /// The program that runs stays.
    package func upgradeRefused(_ reason: String) {
        write(.error, "upgrade_refused") { $0.add("message", reason) }
    }

    /// A worker died otherwise than by plan; what is known of it is one JSON object.
    package func crashed(_ report: CrashReport) {
        write(.error, "worker_crashed") {
            $0.add("slot", report.worker.slot)
            $0.add("pid", Int(report.worker.pid))
            if let suspect = report.suspect { $0.add("suspect", suspect) }
            $0.add("report", raw: report.json)
        }
    }

    package func quarantined(_ route: String, for duration: Duration) {
        write(.error, "route_quarantined") {
            $0.add("route", route)
            $0.add("for_ms", Int(clamping: duration.wholeMilliseconds))
        }
    }

    package func listeningChanged(_ addresses: [String]) {
        write(.info, "listening_changed") { $0.add("addresses", addresses.joined(separator: ", ")) }
    }

    package func scaled(from: Int, to count: Int, because cause: String) {
        write(.info, "scaled") {
            $0.add("from", from)
            $0.add("to", count)
            $0.add("because", cause)
        }
    }

    package func scaleRefused(_ reason: String, because cause: String) {
        write(.warning, "scale_refused") {
            $0.add("message", reason)
            $0.add("because", cause)
        }
    }

    // MARK: The logs themselves

    /// USR1, where there are files.
    package func reopened() {
        write(.info, "logs_reopened")
    }

    /// A file cannot be written to; the log goes where it went before.
    package func cannotReopen(_ error: SystemError) {
        write(.error, "log_reopen_failed") { $0.add("message", error.description) }
    }

    /// The level was changed while the daemon runs.
    package func levelOrdered(_ level: LogLevel) {
        write(level, "log_level") { $0.add("message", "the log has what is at least \(level.rawValue)") }
    }

    /// Somebody asked over the control socket.
    package func asked(_ command: ControlCommand) {
        write(.debug, "control_command") { $0.add("command", "\(command)") }
    }

    // MARK: How a line is made

    private static func meaning(of reason: String) -> String? {
        switch reason {
        case "exit 69": "it cannot bind or reach something it needs"
        case "exit 70": "it met an internal error"
        case "exit 78": "it does not accept the configuration"
        default: nil
        }
    }

    private func write(
        _ level: LogLevel, _ event: String, _ role: ChildRole, pid: Int32?,
        fields: (inout LogLine) -> Void = { _ in }
    ) {
        write(level, "\(Self.prefix(role))_\(event)") { line in
            Self.add(role, pid: pid, to: &line)
            fields(&line)
        }
    }

    private static func prefix(_ role: ChildRole) -> String {
        switch role {
        case .worker: "worker"
        case .admin: "admin"
        case .companion: "companion"
        }
    }

    private static func add(_ role: ChildRole, pid: Int32?, to line: inout LogLine) {
        if case .worker(let slot, _) = role { line.add("slot", slot) }
        if case .companion(_, let name) = role { line.add("name", name) }
        if let pid { line.add("pid", Int(pid)) }
    }

    func write(_ level: LogLevel, _ event: String, fields: (inout LogLine) -> Void = { _ in }) {
        guard level >= output.level else { return }
        var line = LogLine(time: WallTime.now().rfc3339, level: level, event: event)
        fields(&line)
        output.write(line.json, level)
    }
}
