/// What went through one worker, or through several together.
///
/// Merging is associative and commutative.
package struct Traffic: Sendable, Equatable {
    package var connections = Counts<ConnectionCounter>()
    package var requests = Counts<RequestCounter>()
    /// Requests answered, by the class of the status.
    package var byClass = ClassCounts()
    package var refusals = Counts<RefusalCounter>()
    /// Calls to all upstreams.
    package var calls = Counts<CallCounter>()
    /// Calls that failed.
    package var failures = FailureCounts()
    /// How long requests took.
    package var latency = HistogramSnapshot.empty
    package var accessLog = Counts<AccessLogCounter>()
    package var spans = Counts<SpanCounter>()

    package init() {}

    /// What the block of a worker holds; without times where `timed` is false.
    init(_ memory: SharedWords, timed: Bool) {
        connections = WorkerWords.connections.read(memory)
        // What ends something is read before what begins it, so that no more has ended than has begun.
        byClass = ClassCounts(memory, at: WorkerWords.requestsByClass)
        refusals = WorkerWords.refusals.read(memory)
        requests = WorkerWords.requests.read(memory)
        failures = FailureCounts(memory, at: WorkerWords.callsFailed)
        calls = WorkerWords.calls.read(memory)
        accessLog = WorkerWords.accessLog.read(memory)
        spans = WorkerWords.spans.read(memory)
        if timed { latency = WorkerWords.requestLatency.snapshot(in: memory) }
    }

    /// Adds what `other` counted.
    package mutating func merge(_ other: Traffic) {
        connections.merge(other.connections)
        requests.merge(other.requests)
        byClass.merge(other.byClass)
        refusals.merge(other.refusals)
        calls.merge(other.calls)
        failures.merge(other.failures)
        latency.merge(other.latency)
        accessLog.merge(other.accessLog)
        spans.merge(other.spans)
    }

    /// This and `other` together.
    package func merged(with other: Self) -> Self {
        var sum = self
        sum.merge(other)
        return sum
    }
}

/// The calls of one worker to one upstream, or of several workers together.
///
/// Merging is associative and commutative.
package struct UpstreamTraffic: Sendable, Equatable {
    package var calls = Counts<UpstreamCallCounter>()
    /// Calls that failed.
    package var failures = FailureCounts()
    package var attempts = Counts<AttemptCounter>()
    package var sharing = Counts<SharingCounter>()
    package var cache = Counts<CacheCounter>()
    /// How long calls took, failed ones included.
    package var latency = HistogramSnapshot.empty

    package init() {}

    /// What the words of an upstream hold.
    init(_ memory: SharedWords, at words: UpstreamWords) {
        failures = FailureCounts(memory, at: words.failed)
        calls = words.calls.read(memory)
        attempts = words.attempts.read(memory)
        sharing = words.sharing.read(memory)
        cache = words.cache.read(memory)
        latency = words.latency.snapshot(in: memory)
    }

    /// Adds what `other` counted.
    package mutating func merge(_ other: UpstreamTraffic) {
        calls.merge(other.calls)
        failures.merge(other.failures)
        attempts.merge(other.attempts)
        sharing.merge(other.sharing)
        cache.merge(other.cache)
        latency.merge(other.latency)
    }

    /// This and `other` together.
    package func merged(with other: Self) -> Self {
        var sum = self
        sum.merge(other)
        return sum
    }
}
