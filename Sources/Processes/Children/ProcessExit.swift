/// How a process ended, wait(2).
package enum ProcessExit: Sendable, Hashable, CustomStringConvertible {
    /// It left by itself with this code, 0...255.
    case exited(Int32)
    /// A signal with this number ended it.
    case signaled(Int32)

    /// "exit 1" or "signal SIGKILL", as `last_exit` in /stats reports it.
    package var description: String {
        switch self {
        case .exited(let code): "exit \(code)"
        case .signaled(let number): "signal \(signalName(number))"
        }
    }
}
