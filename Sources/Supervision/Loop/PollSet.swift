package import Base
import Glibc
package import Processes

/// What one round of the loop waits for: descriptors, each with the name of what it is, for one poll(2).
///
/// It is filled anew every round: with some two hundred descriptors at the very most that costs less than keeping a
/// second picture of the world in step with the first.
package struct PollSet {
    /// What became readable, writable or broken.
    package enum Source: Sendable, Hashable {
        case signals
        /// The child at this index has ended.
        case childEnd(Int)
        /// The child at this index said something, or closed its channel.
        case childMessage(Int)
        /// The child at this index wrote to standard error.
        case childWords(Int)
        /// A control client waits to be accepted.
        case control
        /// The control client with this number can be read or written.
        case client(Int)
        /// The program that is to take over has shown whether it can.
        case rehearsal
    }

    private var polls: [pollfd] = []
    private var sources: [Source] = []

    package init() {}

    /// Waits for something to read, or the end.
    package mutating func read(_ descriptor: borrowing Descriptor, _ source: Source) {
        add(descriptor.number, POLLIN, source)
    }

    /// Waits for room to write.
    package mutating func write(_ descriptor: borrowing Descriptor, _ source: Source) {
        add(descriptor.number, POLLOUT, source)
    }

    /// Waits until something is there or `deadline` has come (nil: without limit); returns what is, in the order added.
    ///
    /// An interruption counts as a round in which nothing was there. Throws what poll(2) reports, such as ENOMEM.
    package mutating func wait(until deadline: MonotonicTime?, now: MonotonicTime) throws(SystemError) -> [Source] {
        let timeout = deadline.map { Int32(clamping: $0.since(now).wholeMilliseconds) } ?? -1
        let count = poll(&polls, nfds_t(polls.count), timeout)
        if count < 0 {
            if errno == EINTR { return [] }
            throw SystemError("wait on", "\(polls.count) descriptors")
        }
        return zip(polls, sources).compactMap { poll, source in poll.revents == 0 ? nil : source }
    }

    private mutating func add(_ number: Int32, _ events: Int32, _ source: Source) {
        polls.append(pollfd(fd: number, events: Int16(events), revents: 0))
        sources.append(source)
    }
}
