import Processes

/// The supervisor: one thread and one poll loop that keeps workers and admin process alive.
///
/// It reads no byte from the network, so that no input can trap it. Signals only wake the loop; what to do is decided by
/// values (`ChildSlot`, `RestartPolicy`, `Shutdown`, `ServiceStatus`), and this performs it.
package final class Supervisor {
    private let options: SupervisorOptions
    private let log: SupervisorLog

    package init(_ options: SupervisorOptions) {
        self.options = options
        log = SupervisorLog(LogOutput(options.logSink))
    }

    /// Runs until the end was asked for and every child is gone; returns what the process shall exit with.
    ///
    /// 0 after a drain, 1 when a second request ended it at once, 69 when an address cannot be bound, 70 when anything
    /// else keeps it from starting. It must be the process's only thread: it changes signal mask and environment.
    package func run() -> Int32 {
        var handover: Handover?
        do throws(StartError) {
            handover = try Handover.take()
            if let channel = Environment.value(Upgrade.rehearsal) {
                try handover?.rehearse(channel)
                return 0
            }
        } catch {
            log.cannotStart(error)
            return error.exitCode
        }
        let notify = SystemdNotify.environment
        let resources: SupervisorResources
        let taken: Handover?
        do throws(StartError) {
            taken = try handover?.duplicated()
            resources = try SupervisorResources(options, taken, log: log, at: .now())
        } catch {
            log.cannotStart(error)
            handover?.fallBack(options.arguments, because: error.description, adding: notify)
            return error.exitCode
        }
        handover?.close()
        var loop = SupervisorLoop(resources, taken, options: options, log: log, at: .now())
        let exitCode = loop.run()
        resources.release()
        log.stopped(exitCode: exitCode)
        return exitCode
    }
}
