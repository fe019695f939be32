package import Base
import Glibc

/// The only place where the time of day is read. It labels records and answers and decides nothing, so its jumps matter to nobody.
extension WallTime {
    /// The present (clock_gettime(2), CLOCK_REALTIME).
    package static func now() -> WallTime {
        WallTime(milliseconds: Int64(clamping: nanoseconds() / 1_000_000))
    }

    /// Nanoseconds since the epoch, for the times of spans.
    package static func nanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(clamping: time.tv_sec) &* 1_000_000_000 &+ UInt64(clamping: time.tv_nsec)
    }

    /// Whole seconds since the epoch, by the cheaper clock (CLOCK_REALTIME_COARSE): for the field `Date`.
    package static func seconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &time)
        return Int64(time.tv_sec)
    }
}
