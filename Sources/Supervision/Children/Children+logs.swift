import Processes
import Telemetry

/// What children are told of the logs, and what they add to them.
extension Children {
    /// Passes on what a child has written to standard error, line by line.
    func passOnWords(of child: Child) {
        child.words?.read { log.passOn($0, of: child.role, pid: child.pid) }
    }

    /// Has the workers open the file of the access log again.
    func reopenLogs() { tellWorkers(.reopenLogs) }

    /// Has the workers write what is at least so.
    func setLogLevel(_ level: LogLevel) { tellWorkers(.logLevel(level)) }

    private func tellWorkers(_ message: ControlMessage) {
        for child in all where child.role.isWorker && child.process != nil { send(message, to: child) }
    }
}
