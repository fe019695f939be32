import Base
import CLinux
import Glibc
import Processes

/// What a descriptor is ready for, or is watched for; the bits of epoll_ctl(2).
///
/// No OptionSet, whose members are generic: other modules would call them so for each event.
package struct ReadyEvents: Equatable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let nothing = ReadyEvents(rawValue: 0)
    package static let readable = ReadyEvents(rawValue: CLinux_epoll_in)
    package static let writable = ReadyEvents(rawValue: CLinux_epoll_out)
    /// The peer closed, or an error is waiting; always watched.
    package static let failed = ReadyEvents(rawValue: CLinux_epoll_failed)
    /// The peer sends no more; told only to who watches for `arrivals`.
    package static let peerClosed = ReadyEvents(rawValue: CLinux_epoll_peer_closed)
    /// Told once of what arrives, and not as long as some of it is unread (epoll(7), EPOLLET).
    ///
    /// The kernel need not look at the socket again after each read; who leaves some unread has to watch anew.
    package static let arrivals = readable.union(peerClosed).union(ReadyEvents(rawValue: CLinux_epoll_edge))
    /// Of several processes that watch the same socket, wake one that waits and not all of them.
    package static let exclusive = ReadyEvents(rawValue: CLinux_epoll_exclusive)

    /// Whether any of those is among them.
    package func intersects(_ other: ReadyEvents) -> Bool { rawValue & other.rawValue != 0 }

    package func union(_ other: ReadyEvents) -> ReadyEvents { ReadyEvents(rawValue: rawValue | other.rawValue) }
}

/// Who is told that a descriptor is ready.
@LoopActor
package protocol ReadinessHandler: AnyObject {
    /// Called on the loop. The event may be stale by then, so a read that would block is no error.
    func ready(_ descriptor: CInt, _ events: ReadyEvents)
}

/// Watches descriptors: the epoll set that the loop waits on.
@LoopActor
package final class Readiness {
    package static let shared = Readiness()

    /// Events taken at once; what else is ready comes with the next turn, so that timers are never late by more than these.
    private static let batch = 32

    private struct Watch {
        var handler: (any ReadinessHandler)?
        /// How often the descriptor's number has been added: an event of the one that had the number before is dropped.
        var round: UInt32 = 0
    }

    private let epoll: CInt
    /// By descriptor.
    private var watches: [Watch] = []
    private let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: batch)
    private var busyWait = BusyWait()

    private init() {
        epoll = CLinux_epoll_create()
        precondition(epoll >= 0, "epoll_create1: \(String(cString: strerror(errno)))")
    }

    /// Watches a descriptor; false when the kernel refuses it.
    package func add(_ descriptor: CInt, _ interest: ReadyEvents, _ handler: any ReadinessHandler) -> Bool {
        let index = Int(descriptor)
        if index >= watches.count {
            watches.append(contentsOf: repeatElement(Watch(), count: max(64, index + 1 - watches.count)))
        }
        watches[index].round &+= 1
        guard control(CLinux_epoll_add, descriptor, interest) else { return false }
        watches[index].handler = handler
        return true
    }

    /// Changes what a descriptor is watched for.
    package func modify(_ descriptor: CInt, _ interest: ReadyEvents) -> Bool {
        control(CLinux_epoll_modify, descriptor, interest)
    }

    /// Stops watching an open descriptor.
    package func remove(_ descriptor: CInt) {
        forget(descriptor)
        _ = control(CLinux_epoll_delete, descriptor, .nothing)
    }

    /// Forgets a descriptor that is being closed, which takes it out of the set by itself (epoll(7)).
    package func forget(_ descriptor: CInt) {
        if Int(descriptor) < watches.count { watches[Int(descriptor)].handler = nil }
    }

    private func control(_ operation: CInt, _ descriptor: CInt, _ interest: ReadyEvents) -> Bool {
        let round = Int(descriptor) < watches.count ? watches[Int(descriptor)].round : 0
        let data = (UInt64(round) << 32) | UInt64(UInt32(bitPattern: descriptor))
        var event = epoll_event(events: interest.rawValue, data: epoll_data(u64: data))
        return epoll_ctl(epoll, operation, descriptor, &event) == 0
    }

    /// Waits until then, or forever, for descriptors to be ready, and tells their handlers.
    func handle(until deadline: MonotonicTime?) {
        let count = wait(until: deadline)
        // Nothing, or interrupted by a signal.
        guard count > 0 else { return }
        for index in 0..<count {
            let data = events[index].data.u64
            let descriptor = CInt(truncatingIfNeeded: data)
            let watch = watches[Int(descriptor)]
            guard watch.round == UInt32(truncatingIfNeeded: data >> 32) else { continue }
            watch.handler?.ready(descriptor, ReadyEvents(rawValue: events[index].events))
        }
    }

    /// How many events there are by then: first awake, where that is likely to do, then asleep.
    private func wait(until deadline: MonotonicTime?) -> Int {
        let start = MonotonicTime.now()
        if let deadline, deadline <= start { return look(for: 0) }
        var now = start
        if busyWait.isLikely {
            let end = start + BusyWait.moment
            let last = deadline.map { min($0, end) } ?? end
            while now < last {
                let count = look(for: 0)
                if count != 0 {
                    busyWait.waited(.zero, preemptions: CLinux_preemptions)
                    return count
                }
                now = .now()
            }
        }
        let count = look(for: deadline.map { Int64(clamping: $0.since(now).wholeNanoseconds) } ?? -1)
        busyWait.waited(MonotonicTime.now().since(start), preemptions: CLinux_preemptions)
        return count
    }

    /// How many events there are within so many nanoseconds, or forever; less than 0 when a signal came instead.
    private func look(for nanoseconds: Int64) -> Int {
        Int(CLinux_epoll_wait(epoll, events, CInt(Self.batch), nanoseconds))
    }
}
