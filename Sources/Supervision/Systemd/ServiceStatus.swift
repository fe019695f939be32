package import Base
package import Processes
package import Scoreboard

/// What systemd is told: `READY=1` once and after each reload, `RELOADING=1` before it, a status line when it changes, a sign of life in time.
package struct ServiceStatus {
    /// How the daemon is doing, of which the status line is made.
    package struct Picture: Sendable, Hashable {
        package var state: DaemonState
        package var workers: Workers
        /// Slots that are held, of whatever role.
        package var held: Int
        /// Requests that were ever begun.
        package var requestsTotal: UInt64 = 0

        /// How many workers there are.
        package struct Workers: Sendable, Hashable {
            package var ready: Int
            package var wanted: Int
            /// Processes, also those that leave.
            package var running: Int
        }

        fileprivate var isDraining: Bool { state == .draining }
        fileprivate var isReloading: Bool { state == .reloading }

        /// Such as "4/4 workers ready, 1200 requests/s", "reloading, 4/4 workers ready", "degraded, 3/4 workers ready, 1 held",
        /// "draining, 2 workers left"; `rate` is nil as long as it is not known.
        package func line(rate: UInt64? = nil) -> String {
            if isDraining { return "draining, \(workers.running) \(workers.running == 1 ? "worker" : "workers") left" }
            let ready = "\(workers.ready)/\(workers.wanted) workers ready"
            let line = held == 0 ? ready : "degraded, \(ready), \(held) held"
            return (isReloading ? "reloading, " : "") + line + (rate.map { ", \($0) requests/s" } ?? "")
        }
    }

    private let watchdogInterval: Duration?
    private var toldReady = false
    private var toldReloading = false
    private var toldStopping = false
    private var toldLine = ""
    private var watchdogAt: MonotonicTime
    private var rate: RequestRate

    /// A service under a watchdog tells that it lives every `watchdogInterval`; nil without one.
    package init(watchdogInterval: Duration?, at now: MonotonicTime) {
        self.watchdogInterval = watchdogInterval
        watchdogAt = now
        rate = RequestRate(at: now)
    }

    /// When `messages` is due even if nothing changes; nil without a watchdog.
    package var deadline: MonotonicTime? { watchdogInterval == nil ? nil : watchdogAt }

    /// What there is to tell now, empty when nothing is; each thing is returned once.
    package mutating func messages(
        _ picture: Picture, areAllReady: Bool, at now: MonotonicTime
    ) -> [SystemdNotify.Message] {
        var messages: [SystemdNotify.Message] = []
        if areAllReady, !toldReady, !picture.isDraining {
            toldReady = true
            messages.append(.ready)
        }
        if toldReady, picture.isReloading != toldReloading, !picture.isDraining {
            toldReloading = picture.isReloading
            messages.append(toldReloading ? .reloading(at: now) : .ready)
        }
        if picture.isDraining, !toldStopping {
            toldStopping = true
            messages.append(.stopping)
        }
        let line = picture.line(rate: rate.perSecond(picture.requestsTotal, at: now))
        if line != toldLine {
            toldLine = line
            messages.append(.status(line))
        }
        if let watchdogInterval, now >= watchdogAt {
            watchdogAt = now + watchdogInterval
            messages.append(.watchdog)
        }
        return messages
    }
}
