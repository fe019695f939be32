import Base
import Processes

/// Wall time for points of the monotonic clock, which spans of one process then agree on.
struct SpanClock {
    private let offset: UInt64

    init() {
        offset = WallTime.nanoseconds() &- MonotonicTime.now().nanoseconds
    }

    /// Nanoseconds since 1970.
    func span(from start: MonotonicTime, _ elapsed: Duration) -> (start: UInt64, end: UInt64) {
        let begin = offset &+ start.nanoseconds
        return (begin, begin &+ elapsed.wholeNanoseconds)
    }
}
