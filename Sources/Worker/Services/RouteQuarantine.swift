import Base
import FanOut
import Scoreboard

/// Whether a route is in quarantine, as the supervisor wrote it on the scoreboard.
struct RouteQuarantine {
    /// What the scoreboard knows the route by.
    private let hash: UInt64
    private let scoreboard: ScoreboardReader

    /// Nil for a route that is never put there.
    init?(_ route: Route, _ scoreboard: ScoreboardReader) {
        guard route.isQuarantined else { return nil }
        hash = RouteHash.of(route.path.text)
        self.scoreboard = scoreboard
    }

    /// For how long it lasts; nil when there is none.
    ///
    /// - Parameter now: Is only asked for where there was one.
    func wait(at now: @autoclosure () -> MonotonicTime) -> Duration? {
        guard let end = scoreboard.quarantineEnd(of: hash) else { return nil }
        let now = now()
        return end > now ? end.since(now) : nil
    }
}
