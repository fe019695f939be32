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
        requestsInFlight = Int(clamping: memory.load(WorkerWords.requests[.inFlight]))
        activeConnections = Int(clamping: memory.load(WorkerWords.connections[.active]))
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
        memory.add(1, to: WorkerWords.connections[.accepted])
        memory.add(1, to: WorkerWords.connections[.active])
    }

    /// A client's connection is gone.
    package func connectionClosed() {
        memory.decrement(WorkerWords.connections[.active])
    }

    /// A request's header was read.
    package func requestStarted() {
        memory.add(1, to: WorkerWords.requests[.total])
        memory.add(1, to: WorkerWords.requests[.inFlight])
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
        memory.decrement(WorkerWords.requests[.inFlight])
    }

    /// A request that was started is refused; `requestFinished` follows.
    package func count(_ refusal: RefusalCounter) { memory.add(1, to: WorkerWords.refusals[refusal]) }

    /// Lines of the access log were lost.
    package func count(_ counter: AccessLogCounter, _ lines: Int) {
        memory.add(UInt64(clamping: lines), to: WorkerWords.accessLog[counter])
    }

    /// Spans were taken by a collector, or lost.
    package func count(_ counter: SpanCounter, _ spans: Int) {
        memory.add(UInt64(clamping: spans), to: WorkerWords.spans[counter])
    }

    /// A call begins, to the upstream with this index in the table, or to one that is not in it.
    package func callStarted(upstream: Int?) {
        memory.add(1, to: WorkerWords.calls[.total])
        memory.add(1, to: WorkerWords.calls[.inFlight])
        guard let words = words(of: upstream) else { return }
        memory.add(1, to: words.calls[.total])
        memory.add(1, to: words.calls[.inFlight])
    }

    /// A call that was started is settled; `failure` is nil when it succeeded.
    ///
    /// Give no latency for a call that was refused before it reached the upstream (`shed`, `circuitOpen`): it would say
    /// that the upstream was fast.
    package func callFinished(upstream: Int?, failure: Failure?, latency: Duration?) {
        if let failure { memory.add(1, to: WorkerWords.callsFailed + Int(failure.rawValue)) }
        memory.decrement(WorkerWords.calls[.inFlight])
        guard let words = words(of: upstream) else { return }
        if let latency { words.latency.record(microseconds: latency.wholeMicroseconds, in: memory) }
        if let failure { memory.add(1, to: words.failed + Int(failure.rawValue)) }
        memory.decrement(words.calls[.inFlight])
    }

    /// What an upstream's policies did about a call.
    package func count(_ attempt: AttemptCounter, upstream: Int?) {
        if let words = words(of: upstream) { memory.add(1, to: words.attempts[attempt]) }
    }

    /// A call was shared with equal ones.
    package func count(_ sharing: SharingCounter, upstream: Int?) {
        if let words = words(of: upstream) { memory.add(1, to: words.sharing[sharing]) }
    }

    /// What was found for a call in what is kept of its upstream's answers.
    package func count(_ lookup: CacheCounter, upstream: Int?) {
        if let words = words(of: upstream) { memory.add(1, to: words.cache[lookup]) }
    }

    /// So many bytes of an upstream's answers are kept now.
    package func cacheKeeps(bytes: Int, upstream: Int?) {
        if let words = words(of: upstream) { memory.store(UInt64(clamping: bytes), at: words.cache[.bytes]) }
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

    private func words(of upstream: Int?) -> UpstreamWords? {
        guard let upstream, (0..<ScoreboardLimits.upstreams).contains(upstream) else { return nil }
        return WorkerWords.upstream(upstream)
    }
}
