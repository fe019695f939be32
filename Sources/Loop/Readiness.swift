import CLinux
import Glibc
import NIOCore

/// What a descriptor is ready for, or is watched for; the bits of epoll_ctl(2).
package struct ReadyEvents: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let readable = ReadyEvents(rawValue: CLinux_epoll_in)
    package static let writable = ReadyEvents(rawValue: CLinux_epoll_out)
    /// The peer closed, or an error is waiting; always watched.
    package static let failed = ReadyEvents(rawValue: CLinux_epoll_failed)
    /// Of several processes that watch the same socket, wake one that waits and not all of them.
    package static let exclusive = ReadyEvents(rawValue: CLinux_epoll_exclusive)
}

/// Who is told that a descriptor is ready.
@LoopActor
package protocol ReadinessHandler: AnyObject {
    /// Called on the loop. The event may be stale by then, so a read that would block is no error.
    func ready(_ descriptor: CInt, _ events: ReadyEvents)
}

/// Watches descriptors that NIO cannot: libcurl's sockets, and the listeners that processes share.
///
/// They live in an epoll set of their own. A helper thread does nothing but wait on that set and then ask the loop to
/// `pump` it. The pump drains the set and comes back on the next tick as long as it finds work, so that under load the
/// helper sleeps and costs nothing. While it sleeps this process also counts as busy to `EPOLLEXCLUSIVE`, and a new
/// connection wakes a worker that is idle.
@LoopActor
package final class Readiness {
    /// The one of this process; every watcher shares its thread and its system calls.
    package static let shared = Readiness()

    /// Events that one tick handles, so that NIO's own channels get their turn between.
    private static let batch = 256
    /// Ticks that look again before the helper is woken to wait: waking it and being called back costs more than that.
    private static let patience = 3

    private let epoll: CInt
    private let waiter: Waiter
    private var handlers: [(any ReadinessHandler)?] = []
    private var idleTicks = 0
    private let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: batch)

    private init() {
        epoll = CLinux_epoll_create()
        precondition(epoll >= 0, "epoll_create1: \(String(cString: strerror(errno)))")
        waiter = Waiter(epoll: epoll)
        waiter.start {
            LoopActor.loop.execute {
                LoopActor.assumeIsolated { Readiness.shared.pump() }
            }
        }
    }

    /// Watches a descriptor; false when the kernel refuses it.
    package func add(_ descriptor: CInt, _ interest: ReadyEvents, _ handler: any ReadinessHandler) -> Bool {
        let index = Int(descriptor)
        if index >= handlers.count {
            handlers.append(contentsOf: repeatElement(nil, count: max(64, index + 1 - handlers.count)))
        }
        handlers[index] = handler
        return control(CLinux_epoll_add, descriptor, interest)
    }

    /// Changes what a descriptor is watched for.
    package func modify(_ descriptor: CInt, _ interest: ReadyEvents) -> Bool {
        control(CLinux_epoll_modify, descriptor, interest)
    }

    /// Stops watching an open descriptor.
    package func remove(_ descriptor: CInt) {
        forget(descriptor)
        _ = control(CLinux_epoll_delete, descriptor, [])
    }

    /// Forgets a descriptor that is being closed, which takes it out of the set by itself (epoll(7)).
    package func forget(_ descriptor: CInt) {
        if Int(descriptor) < handlers.count { handlers[Int(descriptor)] = nil }
    }

    private func control(_ operation: CInt, _ descriptor: CInt, _ interest: ReadyEvents) -> Bool {
        var event = epoll_event(events: interest.rawValue, data: epoll_data(fd: descriptor))
        return epoll_ctl(epoll, operation, descriptor, &event) == 0
    }

    private func pump() {
        let count = epoll_wait(epoll, events, CInt(Self.batch), 0)
        idleTicks = count > 0 ? 0 : idleTicks + 1
        guard idleTicks < Self.patience else {
            idleTicks = 0
            waiter.resume()
            return
        }
        for index in 0..<max(0, Int(count)) {
            let descriptor = events[index].data.fd
            handlers[Int(descriptor)]?.ready(descriptor, ReadyEvents(rawValue: events[index].events))
        }
        LoopActor.loop.execute {
            LoopActor.assumeIsolated { Readiness.shared.pump() }
        }
    }
}

/// The helper thread: waits until the set has an event, calls once, and sleeps until it is resumed.
private struct Waiter: Sendable {
    private let epoll: CInt
    // Safe to share: a semaphore is made for it (sem_overview(7)), and it is never freed, as the thread never ends.
    nonisolated(unsafe) private let semaphore: UnsafeMutablePointer<sem_t>

    init(epoll: CInt) {
        self.epoll = epoll
        semaphore = .allocate(capacity: 1)
        sem_init(semaphore, 0, 0)
    }

    func resume() {
        sem_post(semaphore)
    }

    func start(_ onReady: @escaping @Sendable () -> Void) {
        let isStarted = HelperThread.start("readiness") { wait(onReady) }
        precondition(isStarted, "no thread to wait for readiness with")
    }

    private func wait(_ onReady: @Sendable () -> Void) {
        var event = epoll_event()
        while true {
            guard epoll_wait(epoll, &event, 1, -1) > 0 else { continue }
            onReady()
            while sem_wait(semaphore) != 0 {}
        }
    }
}
