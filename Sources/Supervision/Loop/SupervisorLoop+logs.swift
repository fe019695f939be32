import Configuration
import Processes
import Telemetry

/// What the supervisor does about logs.
extension SupervisorLoop {
    /// USR1: files that were renamed are left for new ones, here and in every worker.
    func reopenLogs() {
        do throws(SystemError) {
            try log.output.reopen()
            log.reopened()
        } catch {
            log.cannotReopen(error)
        }
        children.reopenLogs()
    }

    /// Sets the level, if there is one, and answers what it is.
    func logLevel(_ level: LogLevel?) -> String {
        if let level {
            log.output.order(level)
            children.setLogLevel(level)
            log.levelOrdered(level)
        }
        return "{\"level\":\"\(log.output.level.rawValue)\"}"
    }

    /// Writes as the configuration in use says; workers do from their start.
    func followLogSettings() {
        do throws(SystemError) {
            try log.output.use(configuration.log)
        } catch {
            log.cannotReopen(error)
        }
    }
}
