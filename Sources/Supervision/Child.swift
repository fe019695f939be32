import FanOut
import Processes

/// A slot with what runs in it at the moment.
final class Child {
    let role: ChildRole
    var slot: ChildSlot
    /// The process; nil while there is none.
    var process: ChildProcess?
    /// The supervisor's end of its control channel; nil while there is no process, and once the child closed it.
    var channel: ControlChannel?

    init(_ role: ChildRole, restart: RestartPolicy.Settings) {
        self.role = role
        slot = ChildSlot(restart: restart)
    }

    /// The process id, 0 while there is none.
    var pid: Int32 { process?.pid ?? 0 }

    /// Whether it serves.
    var isReady: Bool {
        if case .ready = slot.state { return true }
        return false
    }

    /// Whether it died too often.
    var isHeld: Bool {
        if case .held = slot.state { return true }
        return false
    }
}
