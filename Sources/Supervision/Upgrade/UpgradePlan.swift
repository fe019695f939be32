package import Base

/// The way of an upgrade: the new program rehearses in a quiet moment, and takes over in the next one.
///
/// Pure: the owner tells what happened, and performs what comes back. A quiet moment is one in which nothing rolls, no
/// worker comes or goes, and nobody waits for an answer; it is waited for, but not for ever.
package struct UpgradePlan: Sendable {
    /// What happened.
    package enum Event: Sendable, Hashable {
        /// An upgrade was asked for.
        case request
        /// The rehearsal has begun.
        case rehearsing
        /// The rehearsal is over: the new program can start, or it ended like this.
        case rehearsed(isFit: Bool, ended: String)
        /// What was to be done failed.
        case failed(String)
        /// Time has passed, or the moment became quiet; due at `deadline`.
        case tick(isQuiet: Bool)
    }

    /// What to do.
    package enum Action: Sendable, Hashable {
        /// Tell that it begins.
        case announce
        /// Start the new program in a process of its own, and report `rehearsing` or `failed`.
        case rehearse
        /// Put the new program in this one's place; report `failed` when it cannot be done.
        case takeOver
        /// The program that runs stays; a rehearsal that goes on is ended.
        case refuse(String)
    }

    private enum Stage {
        case idle
        /// It waits for a quiet moment to rehearse, until then.
        case waiting(until: MonotonicTime)
        case rehearsing(until: MonotonicTime)
        /// It waits for a quiet moment to take over, until then.
        case rehearsed(until: MonotonicTime)
    }

    private var stage = Stage.idle

    package init() {}

    /// When `tick` is due at the latest; nil when nothing is waited for.
    package var deadline: MonotonicTime? {
        switch stage {
        case .idle: nil
        case .waiting(let time), .rehearsing(let time), .rehearsed(let time): time
        }
    }

    /// Takes an event and says what follows, nil when nothing does.
    package mutating func handle(_ event: Event, at now: MonotonicTime) -> Action? {
        switch (event, stage) {
        case (.request, .idle):
            stage = .waiting(until: now + SupervisionLimits.upgradeWait)
            return .announce
        case (.rehearsing, .waiting):
            stage = .rehearsing(until: now + SupervisionLimits.rehearsal)
            return nil
        case (.rehearsed(isFit: true, ended: _), .rehearsing):
            stage = .rehearsed(until: now + SupervisionLimits.upgradeWait)
            return nil
        case (.rehearsed(isFit: false, let ended), .rehearsing):
            return refuse("the new program cannot start: \(ended); the log has its words")
        case (.failed(let reason), .waiting), (.failed(let reason), .rehearsing), (.failed(let reason), .rehearsed):
            return refuse(reason)
        case (.tick(let isQuiet), _): return tick(isQuiet, at: now)
        // A further request changes nothing, nor does what happens to an upgrade that was refused.
        case (.request, _), (.rehearsing, _), (.rehearsed, _), (.failed, .idle): return nil
        }
    }

    private mutating func tick(_ isQuiet: Bool, at now: MonotonicTime) -> Action? {
        switch stage {
        case .idle: return nil
        case .rehearsing(let limit):
            guard now >= limit else { return nil }
            return refuse("the new program did not show within \(SupervisionLimits.rehearsal) that it can start")
        case .waiting where isQuiet: return .rehearse
        case .rehearsed where isQuiet: return .takeOver
        case .waiting(let limit), .rehearsed(let limit):
            return now >= limit ? refuse("workers still come or go") : nil
        }
    }

    private mutating func refuse(_ reason: String) -> Action {
        stage = .idle
        return .refuse(reason)
    }
}
