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

/// Watches descriptors that NIO cannot: sockets of upstreams, and the listeners that processes share.
///
/// They live in an epoll set of their own, with a waiter that asks the loop to `pump` when the set has an event. A pump handles
/// what is there and has the waiter wait again, so that NIO's own channels get their turn before the next: what is given to
/// the loop's `execute` would run before it looks at them.
@LoopActor
package final class Readiness {
    /// What most descriptors of this process are watched by.
    package static let shared = Readiness(KernelWaiter.self)
    /// For descriptors that are watched as `exclusive`: only a thread that waits in epoll_wait(2) itself keeps the kernel
    /// from waking the other processes as well.
    package static let exclusive = Readiness(ThreadWaiter.self)

    /// Events that one pump handles.
    private static let batch = 64

    private let epoll: CInt
    private let waiter: any ReadinessWaiter
    private var handlers: [(any ReadinessHandler)?] = []
    private let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: batch)

    private init(_ kind: any ReadinessWaiter.Type) {
        epoll = CLinux_epoll_create()
        precondition(epoll >= 0, "epoll_create1: \(String(cString: strerror(errno)))")
        waiter = kind.init(epoll: epoll) ?? ThreadWaiter(epoll: epoll)
        waiter.start { [unowned self] in pump() }
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
        var handled = 0
        // Looking once more costs less than being called back.
        while handled < Self.batch {
            let count = Int(epoll_wait(epoll, events, CInt(Self.batch), 0))
            guard count > 0 else { break }
            handled += count
            for index in 0..<count {
                let descriptor = events[index].data.fd
                handlers[Int(descriptor)]?.ready(descriptor, ReadyEvents(rawValue: events[index].events))
            }
        }
        waiter.resume()
    }
}

/// Waits until an epoll set has an event, says so once, and waits again when it is told to.
@LoopActor
protocol ReadinessWaiter: AnyObject {
    /// Nil where the kernel cannot wait in this way.
    init?(epoll: CInt)
    /// Begins to wait; `onReady` is called on the loop.
    func start(_ onReady: @escaping @LoopActor @Sendable () -> Void)
    /// Waits for the next event.
    func resume()
}
