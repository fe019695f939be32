package import Base
package import Configuration

/// Decides when a process that died is started again, and when it died too often.
///
/// The wait doubles from death to death, with jitter so that workers that fell together do not return together. Deaths
/// beyond the intensity within the period put the slot on hold, so that a process that cannot live never becomes a busy
/// loop. Clock and randomness are passed in.
package struct RestartPolicy: Sendable {
    /// What follows a death.
    package enum Decision: Sendable, Hashable {
        /// Start it again after this wait.
        case restart(after: Duration)
        /// Leave it alone for this long, then start with a clean record.
        case hold(for: Duration)
    }

    private let settings: RestartSettings
    /// Deaths in a row, each after less than `resetAfter` of readiness.
    private var row = 0
    /// When it died, within the last `period`, oldest first; never more than `intensity`.
    private var deaths: [MonotonicTime] = []

    package init(_ settings: RestartSettings) {
        self.settings = settings
    }

    /// A process has died after it was ready for `uptime` (zero when it never was).
    ///
    /// `jitter` is a random number from 0 up to 1: the wait lies between half of the back-off and all of it.
    package mutating func died(at now: MonotonicTime, uptime: Duration, jitter: Double) -> Decision {
        deaths.removeAll { now.since($0) >= settings.period }
        deaths.append(now)
        guard deaths.count < settings.intensity else {
            deaths = []
            row = 0
            return .hold(for: settings.hold)
        }
        if uptime >= settings.resetAfter {
            row = 0
            return .restart(after: .zero)
        }
        // 2^30 times any back-off is over any limit; the cap keeps the shift in range.
        let full = min(settings.backoff * (1 << min(row, 30)), settings.backoffMax)
        row += 1
        return .restart(after: full * (0.5 + jitter / 2))
    }
}
