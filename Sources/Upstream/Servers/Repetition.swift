import Base
import Loop
import Policy
import Processes

/// What an upstream does about calls that fail or are slow: settings, budgets and the time after which a copy goes out.
@LoopActor
struct Repetition {
    /// What is done when a call fails; nil where that is nothing.
    private(set) var retry: RetrySettings?
    private let hedge: HedgeSettings?
    /// Whether calls may take more than one attempt; kept, since a look at large values copies them.
    private(set) var isPossible: Bool
    private var retryBudget: RetryBudget
    private var hedgeBudget: RetryBudget
    private var latency: LatencyQuantile?
    /// Calls of which a copy may become due.
    let hedges = HedgeLine()

    init(_ retry: RetrySettings?, _ hedge: HedgeSettings?, servers: Int) {
        self.retry = retry ?? .failover(servers: servers)
        self.hedge = hedge
        isPossible = self.retry != nil || hedge != nil
        retryBudget = RetryBudget(percent: (retry ?? .failover).budget)
        hedgeBudget = RetryBudget(percent: hedge?.budget ?? 0)
        if case .percentile(let percent) = hedge?.after { latency = LatencyQuantile(percent: percent) }
    }

    /// The upstream has another number of servers.
    mutating func follow(_ retry: RetrySettings?, servers: Int) {
        self.retry = retry ?? .failover(servers: servers)
        isPossible = self.retry != nil || hedge != nil
    }

    mutating func noteCall() {
        retryBudget.noteCall()
        hedgeBudget.noteCall()
    }

    mutating func takeRetry() -> Bool { retryBudget.take() }

    mutating func takeHedge() -> Bool { hedgeBudget.take() }

    /// How long a call waits for its answer before a copy goes out; nil for no copy.
    var hedgeDelay: Duration? {
        switch hedge?.after {
        case .fixed(let delay): delay
        case .percentile: latency?.value
        case nil: nil
        }
    }

    /// A call has its result; the clock is only read where that is of use.
    mutating func noteLatency(since start: MonotonicTime) { latency?.record(MonotonicTime.now().since(start)) }

    /// Whether a result is a failure, or an answer for which the configuration has the call made again.
    ///
    /// - Parameter status: Of the answer; nil where there is none.
    func wantsAnother(status: Int?) -> Bool {
        status.map { retry?.statuses.contains($0) ?? false } ?? true
    }
}

extension RetrySettings {
    /// What is done where nothing is configured: what could not connect is tried at other servers, as nginx does
    /// (proxy_next_upstream error).
    fileprivate static var failover: RetrySettings {
        var settings = RetrySettings()
        settings.attempts = 3
        settings.failures = [.connect]
        settings.statuses = []
        settings.backoff = .zero
        // Nothing was sent, so nothing is loaded by it.
        settings.budget = 200
        return settings
    }

    /// The same among so many servers, of which none is known yet where there are 0; nil where there is no other.
    fileprivate static func failover(servers: Int) -> RetrySettings? {
        guard servers != 1 else { return nil }
        var settings = failover
        if servers > 0 { settings.attempts = min(servers, settings.attempts) }
        return settings
    }
}
