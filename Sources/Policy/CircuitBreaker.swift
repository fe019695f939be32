package import Base

/// When calls to an upstream that only fails are not made for a while (`circuit_breaker:`).
package struct CircuitBreakerSettings: Sendable, Hashable {
    /// Failures in a row that open the circuit.
    ///
    /// 5: as Envoy's consecutive_5xx; one or two failures are nothing, and a dead service has five at once.
    package var failures = 5
    /// The part of a window's calls whose failure opens it too, in percent; nil looks only at failures in a row.
    package var ratio: Int?
    /// Calls that a window must have before its ratio counts.
    package var minimumCalls = 20
    /// The window of the ratio.
    package var window = Duration.seconds(10)
    /// How long it stays open before one call may try.
    ///
    /// 5 s: a service that restarts is back by then, and one that is not costs a call in so long.
    package var open = Duration.seconds(5)

    package init() {}
}

/// Keeps calls from an upstream that only fails.
///
/// Closed: calls pass and are judged. Open: none passes. Half-open, once its time is up: one call tries, and its success
/// closes the circuit; until it is back, and when it fails, all others are turned away for as long again.
///
/// Whether it is open is one cell, the time until when: 0 is closed, and whoever moves a time that has passed has the try.
/// A class, since a look whether an upstream has one would copy a value.
package final class CircuitBreaker: Sendable {
    package enum Admission: Sendable, Equatable {
        case closed
        /// This call is the one that tries.
        case trial
        case open
    }

    package enum State: String, Sendable, CaseIterable {
        case closed, open
        case halfOpen = "half_open"
    }

    private let settings: CircuitBreakerSettings
    private let cells: any SharedCells

    package init(_ settings: CircuitBreakerSettings, _ cells: any SharedCells) {
        self.settings = settings
        self.cells = cells
    }

    package static func state(_ cells: any SharedCells, at now: MonotonicTime) -> State {
        let until = cells.load(SharedCell.openUntil)
        return until == 0 ? .closed : until > now.nanoseconds ? .open : .halfOpen
    }

    package func state(at now: MonotonicTime) -> State { Self.state(cells, at: now) }

    /// Whether a call may go.
    package func admit(at now: MonotonicTime) -> Admission {
        let until = cells.load(SharedCell.openUntil)
        if until == 0 { return .closed }
        guard until <= now.nanoseconds else { return .open }
        let next = (now + settings.open).nanoseconds
        return cells.exchange(SharedCell.openUntil, until, next) ? .trial : .open
    }

    /// A call has ended; true when that opened the circuit.
    package func record(isFailure: Bool, isTrial: Bool, at now: MonotonicTime) -> Bool {
        if isTrial {
            guard !isFailure else { return false }
            cells.update(SharedCell.window) { _ in 0 }
            cells.update(SharedCell.openUntil) { _ in 0 }
            return false
        }
        if !isFailure, settings.ratio == nil {
            // The usual case is read alone: no worker waits for another.
            if cells.load(SharedCell.window) != 0 { cells.update(SharedCell.window) { _ in 0 } }
            return false
        }
        let number = settings.ratio == nil ? 0 : now.nanoseconds / max(1, settings.window.wholeNanoseconds) & 0xFFFF
        let word = cells.update(SharedCell.window) { Window($0).adding(isFailure: isFailure, number: number).word }
        guard isFailure, opens(Window(word)) else { return false }
        let until = (now + settings.open).nanoseconds
        // Of those that find it so, one opens it.
        guard cells.load(SharedCell.openUntil) == 0, cells.exchange(SharedCell.openUntil, 0, until) else {
            return false
        }
        cells.update(SharedCell.openings) { $0 + 1 }
        return true
    }

    private func opens(_ window: Window) -> Bool {
        if window.inARow >= settings.failures { return true }
        guard let ratio = settings.ratio, window.calls >= settings.minimumCalls else { return false }
        return window.failures * 100 >= ratio * window.calls
    }

    /// In one word: the number of the window, its calls and failures, and failures in a row, 16 bits each.
    private struct Window {
        var number: UInt64
        var calls: Int
        var failures: Int
        var inARow: Int

        init(_ word: UInt64) {
            number = word >> 48
            calls = Int((word >> 32) & 0xFFFF)
            failures = Int((word >> 16) & 0xFFFF)
            inARow = Int(word & 0xFFFF)
        }

        var word: UInt64 { (number << 48) | (UInt64(calls) << 32) | (UInt64(failures) << 16) | UInt64(inARow) }

        func adding(isFailure: Bool, number: UInt64) -> Window {
            var window = self
            if number != self.number {
                window.number = number
                window.calls = 0
                window.failures = 0
            }
            // Halved when full: what counts is their ratio.
            if window.calls == 0xFFFF {
                window.calls /= 2
                window.failures /= 2
            }
            window.calls += 1
            window.inARow = isFailure ? min(window.inARow + 1, 0xFFFF) : 0
            if isFailure { window.failures += 1 }
            return window
        }
    }
}
