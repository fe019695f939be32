/// Words of a row's block of counters, from the block's start: each table of counters has a cache line.
enum WorkerWords {
    static let connections = CounterWords<ConnectionCounter>(start: 0)
    static let requests = CounterWords<RequestCounter>(start: 8)
    /// Requests answered: five counters, 1xx to 5xx.
    static let requestsByClass = 16
    static let refusals = CounterWords<RefusalCounter>(start: 24)
    /// Nanoseconds on the monotonic clock, 0 when the process has not said that it lives.
    static let heartbeat = 32
    static let accessLog = CounterWords<AccessLogCounter>(start: 40)
    static let spans = CounterWords<SpanCounter>(start: 48)
    /// The calls of all upstreams together.
    static let calls = CounterWords<CallCounter>(start: 56)
    /// One counter for each kind of `Failure`, by its raw value.
    static let callsFailed = 64
    /// How long requests took.
    static let requestLatency = SharedHistogram(start: 96)
    /// How late the event loop was.
    static let loopLag = SharedHistogram(start: 96 + SharedHistogram.words)

    /// The calls to one upstream.
    static func upstream(_ index: Int) -> UpstreamWords { UpstreamWords(start: 2_048 + index * UpstreamWords.words) }

    /// What the requests in flight are.
    static let inFlight = 2_048 + ScoreboardLimits.upstreams * UpstreamWords.words

    /// The last slow and failed requests.
    static let requestRing = inFlight + InFlightRecords.wordCount

    /// The requests of the route with this index; behind those that have one, all others.
    static func route(_ index: Int) -> RouteWords {
        RouteWords(start: (requestRing + RequestRing.wordCount + 7) / 8 * 8 + index * RouteWords.count)
    }

    /// Sets to zero what a dead process can no longer count down.
    static func clearGauges(_ memory: SharedWords) {
        connections.clearGauges(memory)
        requests.clearGauges(memory)
        refusals.clearGauges(memory)
        accessLog.clearGauges(memory)
        spans.clearGauges(memory)
        calls.clearGauges(memory)
    }

    /// The size of a block, in whole pages: four of the worker's own, two for each upstream, the requests, the routes.
    static let count = (route(ScoreboardLimits.routes + 1).start + 511) / 512 * 512
}

/// Words that count the calls to one upstream, from the start of the row's block.
struct UpstreamWords {
    /// The words between two upstreams: two pages.
    static let words = 1_024

    /// The first word.
    let start: Int

    var calls: CounterWords<UpstreamCallCounter> { CounterWords(start: start) }
    /// One counter for each kind of `Failure`, by its raw value.
    var failed: Int { start + 8 }
    var attempts: CounterWords<AttemptCounter> { CounterWords(start: start + 40) }
    var cache: CounterWords<CacheCounter> { CounterWords(start: start + 48) }
    var sharing: CounterWords<SharingCounter> { CounterWords(start: start + 56) }
    var latency: SharedHistogram { SharedHistogram(start: start + 64) }

    /// Sets to zero what a dead process can no longer count down.
    func clearGauges(_ memory: SharedWords) {
        calls.clearGauges(memory)
        attempts.clearGauges(memory)
        cache.clearGauges(memory)
        sharing.clearGauges(memory)
    }
}
