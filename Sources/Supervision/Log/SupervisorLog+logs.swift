package import Processes
package import Telemetry

/// What is told of the logs themselves.
extension SupervisorLog {
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
}
