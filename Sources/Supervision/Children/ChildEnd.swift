/// How a child ended, and what follows.
package struct ChildEnd: Sendable, Hashable {
    /// What follows an end.
    package enum Next: Sendable, Hashable {
        /// It starts again after this wait.
        case restart(after: Duration)
        /// It is held for this long.
        case hold(for: Duration)
        /// Nothing: it was told to leave.
        case nothing
    }

    /// What `last_exit` reports; nil when it could not even be spawned.
    package var reason: String?
    /// Whether it never said that it serves.
    package var beforeReady: Bool
    package var next: Next

    /// Whether it left as it was told to.
    var isExpected: Bool { next == .nothing && reason == "exit 0" }

    /// Whether it died otherwise than by plan, which is worth a report.
    ///
    /// One that was told to leave and did not in time was killed by plan; another signal that ends it is a crash.
    var isCrash: Bool {
        guard let reason else { return false }
        return next != .nothing || (reason.hasPrefix("signal ") && reason != "signal SIGKILL")
    }
}
