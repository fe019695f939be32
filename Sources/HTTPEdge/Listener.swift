import CLinux
import FanOut
import Glibc
import Loop
import Processes

/// A listening socket that other processes share: takes connections from it when this one is the process woken.
@LoopActor
final class Listener: ReadinessHandler {
    /// Connections taken at once; the rest of a burst is left to the other workers that wait.
    private static let batch = 8
    /// How long to leave the socket alone when no descriptor is to be had.
    private static let pause: Duration = .milliseconds(100)

    private let descriptor: CInt
    private unowned let server: HTTPServer
    private var isWatching = false

    init(_ descriptor: CInt, _ server: HTTPServer) {
        self.descriptor = descriptor
        self.server = server
        watch()
    }

    private func watch() {
        isWatching = Readiness.shared.add(descriptor, [.readable, .exclusive], self)
    }

    func ready(_ descriptor: CInt, _ events: ReadyEvents) {
        guard isWatching else { return }
        accept(upTo: Self.batch)
    }

    private func accept(upTo limit: Int) {
        for _ in 0..<limit {
            let socket = CLinux_accept(descriptor)
            if socket >= 0 {
                server.accepted(socket)
                continue
            }
            switch errno {
            case EINTR, ECONNABORTED: continue
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: pauseAccepting()
            default: break
            }
            return
        }
    }

    /// Out of descriptors or memory: clients wait in the queue, which is better than spinning on it.
    private func pauseAccepting() {
        Readiness.shared.remove(descriptor)
        isWatching = false
        LoopTimer.once(at: .now() + Self.pause) { [self] in
            if !isStopped { watch() }
        }
    }

    private var isStopped = false

    /// Takes what already waits in the queue, if any, and then no more.
    ///
    /// `takesQueue` is for the end of the whole daemon, when no other worker will.
    func stop(takesQueue: Bool) {
        guard !isStopped else { return }
        isStopped = true
        if isWatching { Readiness.shared.remove(descriptor) }
        isWatching = false
        if takesQueue { accept(upTo: .max) }
        close(descriptor)
    }
}
