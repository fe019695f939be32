package import FanOut
package import NIOCore

extension MonotonicTime {
    /// The time now, by the clock that NIO's deadlines use.
    package static var now: MonotonicTime {
        MonotonicTime(nanoseconds: NIODeadline.now().uptimeNanoseconds)
    }
}

extension NIODeadline {
    /// The same point for NIO's timers.
    package init(_ time: MonotonicTime) {
        self = .uptimeNanoseconds(time.nanoseconds)
    }
}
