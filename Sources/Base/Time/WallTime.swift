/// A point on the calendar (CLOCK_REALTIME), in milliseconds since 1970-01-01T00:00:00Z.
///
/// For people and logs only: it can jump. Whatever is measured uses `MonotonicTime`.
package struct WallTime: Sendable, Hashable, Comparable {
    /// Milliseconds since the epoch; negative before it.
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package static func < (a: WallTime, b: WallTime) -> Bool { a.milliseconds < b.milliseconds }

    /// The time as RFC 3339 in UTC with milliseconds: `2026-02-28T23:59:59.042Z`.
    ///
    /// RFC 3339 knows the years 0 to 9999 only; a time outside is written as the nearest one inside.
    package var rfc3339: String {
        let clamped = min(max(milliseconds, -62_167_219_200_000), 253_402_300_799_999)
        let day = clamped.floorDivided(by: 86_400_000)
        let rest = clamped - day * 86_400_000
        let date = CivilDate(dayOfEpoch: day)
        let clock = "\(digits(rest / 3_600_000, 2)):\(digits(rest / 60_000 % 60, 2)):\(digits(rest / 1_000 % 60, 2))"
        return "\(digits(date.year, 4))-\(digits(date.month, 2))-\(digits(date.day, 2))"
            + "T\(clock).\(digits(rest % 1_000, 3))Z"
    }

    private func digits(_ value: Int64, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}
