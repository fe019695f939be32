package import Base
package import Policy

/// What a worker has in hand at one moment.
package struct WorkerGauges: Sendable, Equatable {
    /// Connections of clients that are open.
    package let activeConnections: Int
    /// Requests that have begun and are not answered yet.
    package let requestsInFlight: Int
    /// When the event loop was last alive, nil when the process in the slot has not said so yet.
    package let heartbeat: MonotonicTime?

    init(_ memory: SharedWords) {
        let nanoseconds = memory.load(WorkerWords.heartbeat)
        heartbeat = nanoseconds == 0 ? nil : MonotonicTime(nanoseconds: nanoseconds)
        requestsInFlight = Int(clamping: memory.load(WorkerWords.requestsInFlight))
        activeConnections = Int(clamping: memory.load(WorkerWords.connectionsActive))
    }
}

/// What one worker counts, in its own slot: the hot path of the scoreboard, a few plain stores each, nothing allocated.
///
/// Exactly one process may hold a slot, and only one of its threads may call this at a time. What was counted stays when
/// the process dies. A latency of nil records none.
package struct WorkerCounters: Sendable {
    let memory: SharedWords

    init(_ memory: SharedWords) {
        self.memory = memory
    }

    /// A client's connection was accepted.
    package func connectionOpened() {
        memory.add(1, to: WorkerWords.connectionsAccepted)
        memory.add(1, to: WorkerWords.connectionsActive)
    }

    /// A client's connection is gone.
    package func connectionClosed() {
        memory.decrement(WorkerWords.connectionsActive)
    }

    /// A request's header was read.
    package func requestStarted() {
        memory.add(1, to: WorkerWords.requestsTotal)
        memory.add(1, to: WorkerWords.requestsInFlight)
    }

    /// A request that was started is over: with the status that was sent, or 499 when the client had gone away.
    ///
    /// A number that is no status counts as 5xx, since it is our mistake.
    ///
    /// - Parameter route: The index of the route that took it; nil where none did.
    package func requestFinished(status: Int, latency: Duration?, route: Int? = nil) {
        let statusClass = (100...599).contains(status) ? status / 100 : 5
        if let route, (0...ScoreboardLimits.routes).contains(route) {
            WorkerWords.route(route).record(statusClass: statusClass - 1, latency: latency, in: memory)
        }
        if let latency { WorkerWords.requestLatency.record(microseconds: latency.wholeMicroseconds, in: memory) }
        memory.add(1, to: WorkerWords.requestsByClass + statusClass - 1)
        memory.decrement(WorkerWords.requestsInFlight)
    }

    /// A request that was started needs a call that cannot be made, or there are too many; `requestFinished` follows.
    package func requestRefused() {
        memory.add(1, to: WorkerWords.requestsRefused)
    }

    /// A request that was started is over the rate limit of its route; `requestFinished` follows.
    package func requestRateLimited() {
        memory.add(1, to: WorkerWords.requestsRateLimited)
    }

    /// A call begins, to the upstream with this index in the table, or to one that is not in it.
    package func callStarted(upstream: Int?) {
        started(WorkerWords.calls)
        if let words = callWords(upstream) { started(words) }
    }

    /// A call that was started is settled; `failure` is nil when it succeeded.
    ///
    /// Give no latency for a call that was refused before it reached the upstream (`shed`, `circuitOpen`): it would say
    /// that the upstream was fast.
    package func callFinished(upstream: Int?, failure: Failure?, latency: Duration?) {
        finished(WorkerWords.calls, failure)
        guard let words = callWords(upstream) else { return }
        if let latency { words.latency.record(microseconds: latency.wholeMicroseconds, in: memory) }
        finished(words, failure)
    }

    /// An attempt after the first, for a failure.
    package func callRetried(upstream: Int?) {
        if let words = callWords(upstream) { memory.add(1, to: words.retries) }
    }

    /// A copy was sent because the first attempt is slow.
    package func callHedged(upstream: Int?) {
        if let words = callWords(upstream) { memory.add(1, to: words.hedges) }
    }

    /// A copy was faster than the first attempt.
    package func hedgeWon(upstream: Int?) {
        if let words = callWords(upstream) { memory.add(1, to: words.hedgesWon) }
    }

    /// A call was answered from what is kept.
    package func cacheHit(upstream: Int?) {
        if let words = callWords(upstream) { memory.add(1, to: words.cacheHits) }
    }

    /// A call went to its upstream, whose answers are kept, for want of one.
    package func cacheMissed(upstream: Int?) {
        if let words = callWords(upstream) { memory.add(1, to: words.cacheMisses) }
    }

    /// A call was answered with what was fresh no more.
    package func cacheStale(upstream: Int?) {
        if let words = callWords(upstream) { memory.add(1, to: words.cacheStale) }
    }

    /// A call waits for the answer to another one.
    package func callCoalesced(upstream: Int?) {
        if let words = callWords(upstream) { memory.add(1, to: words.coalesced) }
    }

    /// So many bytes of an upstream's answers are kept now.
    package func cacheKeeps(bytes: Int, upstream: Int?) {
        if let words = callWords(upstream) { memory.store(UInt64(clamping: bytes), at: words.cacheBytes) }
    }

    /// The event loop is alive at `time`.
    package func heartbeat(at time: MonotonicTime) {
        memory.store(time.nanoseconds, at: WorkerWords.heartbeat)
    }

    /// The event loop ran something `lag` later than it was due.
    package func loopLag(_ lag: Duration) {
        WorkerWords.loopLag.record(microseconds: lag.wholeMicroseconds, in: memory)
    }

    /// What the slot holds right now.
    package var gauges: WorkerGauges { WorkerGauges(memory) }

    private func callWords(_ upstream: Int?) -> CallWords? {
        guard let upstream, (0..<ScoreboardLimits.upstreams).contains(upstream) else { return nil }
        return WorkerWords.calls(toUpstream: upstream)
    }

    private func started(_ words: CallWords) {
        memory.add(1, to: words.total)
        memory.add(1, to: words.inFlight)
    }

    private func finished(_ words: CallWords, _ failure: Failure?) {
        if let failure { memory.add(1, to: words.failed + Int(failure.rawValue)) }
        memory.decrement(words.inFlight)
    }
}
