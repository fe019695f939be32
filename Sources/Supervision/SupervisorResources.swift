import Configuration
import FanOut
import Glibc
import Processes
import Scoreboard

/// Everything the supervisor opens before its first child starts, and holds until the end.
final class SupervisorResources {
    let signals: Signals
    let notify: SystemdNotify?
    private(set) var listeners: Listeners
    let control: ControlServer
    let board: Board
    let configurationMemory: Descriptor
    let workers: Int

    /// SIGCHLD is among them only so that it cannot be lost to a default action; the pidfds tell who ended.
    private static let signalNumbers = [SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGTTIN, SIGTTOU, SIGCHLD]

    /// Opens it all.
    ///
    /// What systemd passed is taken first, since nothing else may own a descriptor that it names.
    init(_ options: SupervisorOptions, log: SupervisorLog, at now: MonotonicTime) throws(StartError) {
        let configuration = options.configuration
        switch configuration.workers {
        case .auto: workers = min(UsableCPUs.count(), ScoreboardLimits.workerSlots)
        case .fixed(let count): workers = count
        }
        let passed: [ListeningSocket]
        let openFiles: UInt64
        do throws(SystemError) {
            passed = try SystemdSockets.take()
            try Descriptor.markAllCloseOnExec()
            openFiles = try ResourceLimits.raiseOpenFiles()
            Signals.ignoreBrokenPipes()
            signals = try Signals(blocking: Self.signalNumbers)
            notify = try SystemdNotify.take()
            configurationMemory = try ConfigurationMemory.create(options.configurationBytes)
        } catch {
            throw StartError(exitCode: 70, description: error.description)
        }
        do throws(ScoreboardError) {
            board = try Board()
            try board.begin(options, workers: workers, at: now)
        } catch {
            throw StartError(exitCode: 70, description: "\(error)")
        }
        listeners = try Listeners(configuration, passed: passed)
        do throws(SystemError) {
            control = try ControlServer(path: configuration.control)
        } catch {
            listeners.removeFiles()
            throw StartError(exitCode: 69, description: error.description)
        }
        log.supervisorStarted(version: options.version, workers: workers, openFiles: openFiles)
        for socket in listeners.clients { log.listening(socket.address, for: "clients") }
        log.listening(listeners.admin.address, for: "admin")
        log.listening(control.address, for: "control")
    }

    /// The numbers under which children inherit what they share.
    var shared: ChildCommand.Shared {
        ChildCommand.Shared(
            scoreboard: board.descriptor.number, scoreboardReadOnly: board.readOnlyDescriptor.number,
            configuration: configurationMemory.number,
            listeners: listeners.clients.map { $0.descriptor.number }, admin: listeners.admin.descriptor.number)
    }

    /// Closes what clients connect to; the admin endpoints stay.
    func stopListening() {
        listeners.closeClients()
    }

    /// Removes the socket files; descriptors close with their owners.
    func release() {
        control.close()
        listeners.removeFiles()
    }
}
