import Base
import Processes

/// What systemd is told of this service and what it holds for it: how it is doing, and its sockets.
final class SystemdService {
    private let notify: SystemdNotify
    private let log: SupervisorLog
    private var status: ServiceStatus
    private var store: SocketStore

    /// - Parameter systemd: What systemd passed at the start.
    init(_ notify: SystemdNotify, _ systemd: SystemdSockets, log: SupervisorLog, at now: MonotonicTime) {
        self.notify = notify
        self.log = log
        status = ServiceStatus(watchdogInterval: notify.watchdogInterval, at: now)
        store = SocketStore(systemd)
    }

    /// What a program that takes this one's place needs in its environment.
    var variables: [String: String] { notify.variables }

    /// When `follow` is due even if nothing changes; nil without a watchdog.
    var deadline: MonotonicTime? { status.deadline }

    /// Tells what is new about the service, and has systemd hold just these sockets.
    func follow(
        _ picture: ServiceStatus.Picture, areAllReady: Bool, holding sockets: [ListeningSocket], at now: MonotonicTime
    ) {
        do throws(SystemError) {
            try store.follow(sockets, notify)
        } catch {
            log.failed(error)
        }
        tell(status.messages(picture, areAllReady: areAllReady, at: now))
    }

    /// Tells these things now.
    func tell(_ messages: [SystemdNotify.Message]) {
        guard !messages.isEmpty else { return }
        do throws(SystemError) {
            try notify.send(messages)
        } catch {
            log.failed(error)
        }
    }
}
