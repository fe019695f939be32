package import Base
import Glibc

extension MonotonicTime {
    /// Reads the monotonic clock (clock_gettime(2) CLOCK_MONOTONIC); costs no system call.
    package static func now() -> MonotonicTime {
        var time = timespec()
        let result = clock_gettime(CLOCK_MONOTONIC, &time)
        precondition(result == 0, "every Linux has this clock")
        return MonotonicTime(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }
}
