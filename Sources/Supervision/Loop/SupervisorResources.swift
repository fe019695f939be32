import Base
import Configuration
import Glibc
import Processes
import Scoreboard

/// Everything the supervisor opens before its first child starts, and holds until the end.
final class SupervisorResources {
    let signals: Signals
    /// What systemd is told; nil where nobody is to be told.
    let systemd: SystemdService?
    let admin: ListeningSocket
    let control: ControlServer
    let board: Board
    /// The first one.
    let generation: Generation
    /// This program, for its return when its successor cannot start.
    let program: Int32 = Replacement.openSelf()

    /// SIGCHLD is among them only so that it cannot be lost to a default action; the pidfds tell who ended.
    private static let signalNumbers = [SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGTTIN, SIGTTOU, SIGCHLD]

    /// For the log, and quick: a worker's connections stay open while it is written.
    private static let backtrace =
        "interactive=no,color=no,threads=crashed,registers=none,images=none,symbolicate=fast"

    /// Opens it all.
    ///
    /// What systemd passed is taken first, since nothing else may own a descriptor that it names. What a program before
    /// handed over is not opened again.
    init(
        _ options: SupervisorOptions, _ handover: Handover?, log: SupervisorLog, at now: MonotonicTime
    ) throws(StartError) {
        let configuration = options.configuration
        var passed: SystemdSockets
        let openFiles: UInt64
        do throws(SystemError) {
            passed = try SystemdSockets.take()
            try Descriptor.markAllCloseOnExec()
            try log.output.use(configuration.log)
            openFiles = try ResourceLimits.raiseOpenFiles()
            Signals.ignoreBrokenPipes()
            Signals.endAfterCrashes()
            Environment.prepend(Self.backtrace, to: "SWIFT_BACKTRACE")
            signals = try Signals(blocking: Self.signalNumbers)
            systemd = try SystemdNotify.take().map { SystemdService($0, passed, log: log, at: now) }
        } catch {
            throw StartError(exitCode: 70, description: error.description)
        }
        do throws(ScoreboardError) {
            if let handover {
                board = try Board(handedOver: handover.open.scoreboard, readOnly: handover.open.scoreboardReadOnly)
                board.upgraded(options)
            } else {
                board = try Board()
                board.begin(options, at: now)
            }
            try board.register(configuration, at: now)
        } catch {
            throw StartError(exitCode: 70, description: "\(error)")
        }
        admin = try Listeners.admin(configuration, takingFrom: &passed, handedOver: handover?.open.admin)
        var listeners: Listeners?
        do throws(StartError) {
            let opened = try Self.listeners(configuration, handover, passed)
            listeners = opened
            generation = try Self.first((handover?.generation ?? 0) + 1, options, opened)
            control = try Self.control(configuration, handover)
        } catch {
            // What was handed over is still needed by the program that comes back.
            if handover == nil {
                listeners?.close()
                admin.removeFile()
            }
            throw error
        }
        board.show(generation)
        log.supervisorStarted(version: options.version, workers: generation.workers, openFiles: openFiles)
        for socket in generation.listeners.sockets { log.listening(socket.address, for: "clients") }
        log.listening(admin.address, for: "admin")
        log.listening(control.address, for: "control")
    }

    /// Removes the socket files that are left; descriptors close with their owners.
    func release() {
        control.close()
        admin.removeFile()
    }

    private static func listeners(
        _ configuration: Configuration, _ handover: Handover?, _ systemd: SystemdSockets
    ) throws(StartError) -> Listeners {
        guard let handover else { return try Listeners(configuration, systemd) }
        return try Listeners(configuration, handedOver: handover.listeners)
    }

    private static func first(
        _ number: Int, _ options: SupervisorOptions, _ listeners: Listeners
    ) throws(StartError) -> Generation {
        do throws(SystemError) {
            return try Generation(
                number, options.configuration, bytes: options.configurationBytes, listeners: listeners)
        } catch {
            throw StartError(exitCode: 70, description: error.description)
        }
    }

    private static func control(
        _ configuration: Configuration, _ handover: Handover?
    ) throws(StartError) -> ControlServer {
        do throws(SystemError) {
            if let handover {
                return try ControlServer(path: configuration.sockets.control, handedOver: handover.open.control)
            }
            return try ControlServer(path: configuration.sockets.control)
        } catch {
            throw StartError(exitCode: 69, description: error.description)
        }
    }
}
