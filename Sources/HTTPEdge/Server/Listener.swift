import Base
import CLinux
import Glibc
import Loop
import Processes

/// Who takes the connections of listening sockets.
@LoopActor
protocol ConnectionTaker: AnyObject {
    /// Whether the next connection is for this process, and not rather for one that holds fewer.
    var mayAccept: Bool { get }
    /// Whether it may have one more.
    var hasRoom: Bool { get }
    /// A connected socket, which is the taker's from now on.
    func accepted(_ socket: CInt)
}

/// A listening socket that other processes share: takes connections from it when this one is the process woken.
///
/// The kernel wakes one process for each connection: of those that wait, the one that has been in the socket's queue for
/// longest (EPOLLEXCLUSIVE, epoll_ctl(2)). So a worker that was woken goes to the end of that queue, and one that holds
/// more than its share leaves it: connections go round, and after an imbalance to those that have room. Nobody is woken in
/// place of one that hangs or has just left, so each also looks from time to time whether a connection waits for too long.
@LoopActor
final class Listener: ReadinessHandler {
    /// Connections taken at once; the rest of a burst is left to the other workers that wait.
    private static let batch = 8
    /// How long to leave the socket alone when no descriptor is to be had.
    private static let pause: Duration = .milliseconds(100)
    /// How often a worker that leaves connections to the others looks whether they take them.
    private static let look: Duration = .milliseconds(10)
    /// How often one that waits looks whether it should have been woken.
    private static let rareLook: Duration = .milliseconds(100)

    private enum Phase {
        /// In the socket's queue.
        case waiting
        /// The others are to take the next ones.
        case leaving
        /// Out of descriptors or memory.
        case paused
        case stopped
    }

    private let descriptor: CInt
    private unowned let taker: any ConnectionTaker
    private var phase = Phase.stopped
    /// Whether a connection waited at the last look.
    private var sawOne = false
    private lazy var timer = LoopTimer { [weak self] in self?.timerFired() }

    init(_ descriptor: CInt, _ taker: any ConnectionTaker) {
        self.descriptor = descriptor
        self.taker = taker
        wait()
    }

    private func wait() {
        phase = .waiting
        timer.set(.now() + Self.rareLook)
        if !Readiness.shared.add(descriptor, .readable.union(.exclusive), self) { pause() }
    }

    func ready(_ descriptor: CInt, _ events: ReadyEvents) {
        // The event may be older than what became of the phase.
        guard case .waiting = phase else { return }
        let isOpen = accept(upTo: Self.batch, while: { taker.mayAccept })
        Readiness.shared.remove(descriptor)
        guard isOpen else { return pause() }
        sawOne = false
        if taker.mayAccept { wait() } else { leave() }
    }

    /// Takes what waits while `mayGoOn`; false when no descriptor is to be had.
    private func accept(upTo limit: Int, while mayGoOn: () -> Bool) -> Bool {
        for _ in 0..<limit {
            guard mayGoOn() else { break }
            let socket = CLinux_accept(descriptor)
            if socket >= 0 {
                taker.accepted(socket)
                continue
            }
            switch errno {
            case EINTR, ECONNABORTED: continue
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: return false
            default: return true
            }
        }
        return true
    }

    /// Clients wait in the socket's own queue, which is better than spinning on it.
    private func pause() {
        phase = .paused
        timer.set(.now() + Self.pause)
    }

    private func leave() {
        phase = .leaving
        timer.set(.now() + Self.look)
    }

    private func timerFired() {
        switch phase {
        case .paused: wait()
        case .leaving:
            guard takeForgotten() else { return pause() }
            if taker.mayAccept { wait() } else { leave() }
        case .waiting:
            let isOpen = takeForgotten()
            if isOpen, taker.mayAccept { return timer.set(.now() + Self.rareLook) }
            Readiness.shared.remove(descriptor)
            if isOpen { leave() } else { pause() }
        case .stopped: break
        }
    }

    /// Takes a connection that waited at the last look as well: whoever was to take it does not, for whatever reason.
    ///
    /// False when no descriptor is to be had.
    private func takeForgotten() -> Bool {
        var socket = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let seesOne = poll(&socket, 1, 0) > 0
        guard seesOne, sawOne else {
            sawOne = seesOne
            return true
        }
        return accept(upTo: 1, while: { taker.hasRoom })
    }

    /// Takes what already waits in the queue, if any, and then no more.
    ///
    /// `takesQueue` is for the end of the whole daemon, when no other worker will.
    func stop(takesQueue: Bool) {
        if case .stopped = phase { return }
        if case .waiting = phase { Readiness.shared.remove(descriptor) }
        phase = .stopped
        timer.cancel()
        if takesQueue { _ = accept(upTo: .max, while: { true }) }
        close(descriptor)
    }
}
