/// When a worker that died is started again (`restart:`).
package struct RestartSettings: Sendable, Hashable {
    /// The pause before the first restart; it doubles with each further one.
    ///
    /// 100 ms: a single crash is hardly noticed.
    package var backoff: Duration = .milliseconds(100)
    /// Where the doubling ends.
    ///
    /// 15 s: a worker that cannot live costs next to nothing, and comes back soon after its cause is gone.
    package var backoffMax: Duration = .seconds(15)
    /// A worker that lived this long starts over with the first pause.
    ///
    /// 30 s: twice the longest pause, so that a worker which dies at once never counts as recovered.
    package var resetAfter: Duration = .seconds(30)
    /// Deaths within `period` that hold the slot and degrade the daemon.
    ///
    /// 10 in 60 s: the doubling alone allows about eight, so that only several causes at once reach it.
    package var intensity: Int = 10
    /// The window of `intensity`.
    package var period: Duration = .seconds(60)
    /// How long a slot is held before it is tried again.
    ///
    /// 60 s: as long as the window, so that the deaths that held it no longer count.
    package var hold: Duration = .seconds(60)

    package init() {}
}
