package import Base

/// When a server that only fails is left out for a while (`outlier:`).
package struct OutlierSettings: Sendable, Hashable {
    /// Failures in a row that eject it.
    ///
    /// 5: as Envoy's consecutive_5xx.
    package var failures = 5
    /// How long it is left out; each ejection in a row adds as much again, up to ten times.
    ///
    /// 10 s: as nginx's fail_timeout.
    package var eject = Duration.seconds(10)
    /// Servers that may be out at once, in percent; at least one always may.
    ///
    /// 50: when most fail, the fault is hardly theirs, and the others could not bear the load.
    package var mostEjected = 50

    package init() {}
}

/// How servers are asked whether they are well (`health:`).
package struct HealthSettings: Sendable, Hashable {
    /// What is asked for; 2xx and 3xx say that the server is well.
    package var path: String
    package var interval = Duration.seconds(5)
    package var timeout = Duration.seconds(1)
    /// Good answers in a row that bring a server back.
    package var rise = 2
    /// Bad ones in a row that take it out.
    package var fall = 3

    package init(path: String) {
        self.path = path
    }
}

/// What the machine knows of one server: whether it is ejected for failing calls, and down by its probes.
package struct ServerHealth: Sendable {
    package enum State: String, Sendable, CaseIterable {
        case up, down, ejected
    }

    private let cells: any SharedCells
    /// How long it is down at most when nobody probes it any more, because a reload took the probes away.
    private static let lapse = Duration.seconds(60)

    package init(_ cells: any SharedCells) {
        self.cells = cells
    }

    /// Whether calls go there.
    package func state(at now: MonotonicTime) -> State {
        if cells.load(SharedCell.health) & 1 == 1, now.since(nextProbe) < Self.lapse { return .down }
        return cells.load(SharedCell.ejectedUntil) > now.nanoseconds ? .ejected : .up
    }

    // MARK: Outlier ejection

    /// A call has ended; whether it is to be ejected now, which its upstream decides.
    package func record(isFailure: Bool, _ settings: OutlierSettings) -> Bool {
        guard isFailure else {
            // The usual case is read alone: no worker waits for another.
            if cells.load(SharedCell.failures) != 0 { cells.update(SharedCell.failures) { _ in 0 } }
            return false
        }
        let word = cells.update(SharedCell.failures) { $0 & 0xFFFF_FFFF == 0xFFFF_FFFF ? nil : $0 + 1 }
        return word & 0xFFFF_FFFF >= UInt64(settings.failures)
    }

    /// Leaves it out from now on; false when another worker has.
    package func eject(_ settings: OutlierSettings, at now: MonotonicTime) -> Bool {
        let until = cells.load(SharedCell.ejectedUntil)
        guard until <= now.nanoseconds else { return false }
        let row = cells.load(SharedCell.failures) >> 32
        let times = min(row + 1, 10)
        let end = now + .nanoseconds(Int64(clamping: settings.eject.wholeNanoseconds)) * Int(times)
        guard cells.exchange(SharedCell.ejectedUntil, until, end.nanoseconds) else { return false }
        // When it comes back, one more failure is enough: it had its chance.
        cells.update(SharedCell.failures) { _ in (times << 32) | UInt64(max(0, settings.failures - 1)) }
        cells.update(SharedCell.removals) { $0 + 1 }
        return true
    }

    // MARK: Probes

    /// Whether this worker is the one that probes it now.
    package func takesProbe(_ settings: HealthSettings, at now: MonotonicTime) -> Bool {
        let next = nextProbe
        guard next <= now else { return false }
        return cells.exchange(SharedCell.nextProbe, next.nanoseconds, (now + settings.interval).nanoseconds)
    }

    private var nextProbe: MonotonicTime { MonotonicTime(nanoseconds: cells.load(SharedCell.nextProbe)) }

    /// A probe has ended; the new state when that changed it.
    package func probed(isGood: Bool, _ settings: HealthSettings) -> State? {
        var changed: State?
        cells.update(SharedCell.health) { word in
            changed = nil
            let isDown = word & 1 == 1
            guard isGood == isDown else { return UInt64(isDown ? 1 : 0) }
            let inARow = Int(word >> 1) + 1
            guard inARow >= (isDown ? settings.rise : settings.fall) else {
                return (UInt64(inARow) << 1) | (isDown ? 1 : 0)
            }
            changed = isDown ? .up : .down
            return isDown ? 0 : 1
        }
        if changed == .down { cells.update(SharedCell.removals) { $0 + 1 } }
        return changed
    }
}
