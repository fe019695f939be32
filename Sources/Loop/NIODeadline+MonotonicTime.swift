package import FanOut
package import NIOCore

extension NIODeadline {
    /// The same point for NIO's timers, whose clock is CLOCK_MONOTONIC too.
    package init(_ time: MonotonicTime) {
        self = .uptimeNanoseconds(time.nanoseconds)
    }
}
