import FanOut
package import Loop
package import Policy
import Processes

/// What happened to an upstream or to one of its servers, for the log and the statistics.
package enum UpstreamEvent: Sendable, Equatable {
    case retried, hedged
    /// A copy was faster than the first.
    case hedgeWon
    case circuitOpened, circuitClosed
    case ejected(server: Int)
    case down(server: Int)
    case up(server: Int)
}

/// The servers of an upstream: which has the next call, what is known of their health, and the calls in flight.
@LoopActor
package final class UpstreamServers {
    package let settings: UpstreamSettings
    package let servers: [Server]
    let gate: Gate
    private var balancer: Balancer
    /// By server: calls of this worker there.
    private var inFlight: [Int]
    /// By server; empty where there is no choice.
    private let health: [ServerHealth]
    private let breaker: CircuitBreaker?
    /// What is done when a call fails; nil where that is nothing.
    let retry: RetrySettings?
    private var retryBudget: RetryBudget
    private var hedgeBudget: RetryBudget
    private var latency: LatencyQuantile?
    /// Calls of which a copy may become due.
    let hedges: HedgeLine
    /// Where equal calls are made once; nil where each is made.
    package let shared: SharedCalls?
    /// By server, from the first call of the plain lane on.
    private var pools: [ServerPool] = []
    /// Told of what happens.
    package var report: (UpstreamEvent) -> Void = { _ in }

    /// Takes no servers where all that is called is a URL from outside.
    ///
    /// - Parameters:
    ///   - breaker: What the circuit's state is kept in.
    ///   - health: By server, what is known of its health.
    package init(
        _ servers: [Server], _ settings: UpstreamSettings, breaker: any SharedCells = LocalCells(),
        health: [any SharedCells]? = nil
    ) {
        self.servers = servers
        self.settings = settings
        gate = Gate(limit: settings.maxInFlight ?? .max, queue: settings.maxQueue)
        balancer = Balancer(
            settings.balance, weights: servers.map(\.weight), seed: .random(in: .min ... .max))
        inFlight = servers.map { _ in 0 }
        self.health = servers.count < 2 ? [] : (health ?? servers.map { _ in LocalCells() }).map(ServerHealth.init)
        self.breaker = settings.breaker.map { CircuitBreaker($0, breaker) }
        retry = settings.retry ?? (servers.count > 1 ? .failover(servers: servers.count) : nil)
        retryBudget = RetryBudget(percent: retry?.budget ?? 0)
        hedgeBudget = RetryBudget(percent: settings.hedge?.budget ?? 0)
        if case .percentile(let percent) = settings.hedge?.after { latency = LatencyQuantile(percent: percent) }
        hedges = HedgeLine()
        shared = SharedCalls(settings)
    }

    /// Whether its calls may take more than one attempt.
    var repeats: Bool { retry != nil || settings.hedge != nil }

    /// The plain lane's connections to a server.
    func pool(_ server: Int, _ engine: TransferEngine) -> ServerPool {
        if pools.isEmpty { pools = servers.map { ServerPool($0, settings, engine) } }
        return pools[server]
    }

    // MARK: One transfer

    /// Whether a call may go, by the breaker.
    func admit(at now: MonotonicTime) -> CircuitBreaker.Admission {
        breaker?.admit(at: now) ?? .closed
    }

    /// Whether a call would be let in, or wait in line; says so without taking the place.
    var canAdmit: Bool {
        guard gate.hasRoom else { return false }
        guard let breaker else { return true }
        return breaker.state(at: .now()) != .open
    }

    /// The server that has the next call, which counts as in flight there; another than the one given, if there is one.
    func take(avoiding avoided: Int?) -> Int {
        let server = choose(avoiding: avoided)
        inFlight[server] += 1
        return server
    }

    private func choose(avoiding avoided: Int?) -> Int {
        if servers.count == 1 { return 0 }
        let now = MonotonicTime.now()
        // A further attempt takes nobody's turn: otherwise, of two servers, one would have all first attempts.
        let before = avoided == nil ? nil : balancer
        defer { if let before { balancer = before } }
        return balancer.choose(
            { [health] in $0 != avoided && health[$0].state(at: now) == .up },
            inFlight: { [inFlight] in inFlight[$0] })
    }

    /// A transfer has left a server.
    func leave(_ server: Int) { inFlight[server] -= 1 }

    /// A transfer that was at a server ended by itself.
    func judge(_ transfer: Transfer, _ result: TransferResult) {
        guard breaker != nil || !health.isEmpty else { return }
        let isFailure = result.speaksAgainstServer
        if let breaker {
            let now = MonotonicTime.now()
            if breaker.record(isFailure: isFailure, isTrial: transfer.isTrial, at: now) { report(.circuitOpened) }
            if transfer.isTrial, !isFailure { report(.circuitClosed) }
        }
        guard !health.isEmpty, health[transfer.server].record(isFailure: isFailure, settings.outlier) else { return }
        eject(transfer.server)
    }

    private func eject(_ server: Int) {
        let now = MonotonicTime.now()
        let out = health.count { $0.state(at: now) != .up }
        guard out < max(1, servers.count * settings.outlier.mostEjected / 100) else { return }
        if health[server].eject(settings.outlier, at: now) { report(.ejected(server: server)) }
    }

    // MARK: Further attempts

    func noteCall() {
        retryBudget.noteCall()
        hedgeBudget.noteCall()
    }

    func takeRetry() -> Bool {
        guard retryBudget.take() else { return false }
        report(.retried)
        return true
    }

    func takeHedge() -> Bool {
        guard hedgeBudget.take() else { return false }
        report(.hedged)
        return true
    }

    /// How long a call waits for its answer before a copy goes out; nil for no copy.
    var hedgeDelay: Duration? {
        switch settings.hedge?.after {
        case .fixed(let delay): delay
        case .percentile: latency?.value
        case nil: nil
        }
    }

    func note(latency elapsed: Duration) { latency?.record(elapsed) }
}

extension RetrySettings {
    /// What is done where nothing is configured: what could not connect is tried at other servers, as nginx does
    /// (proxy_next_upstream error).
    fileprivate static func failover(servers: Int) -> RetrySettings {
        var settings = RetrySettings()
        settings.attempts = min(servers, 3)
        settings.failures = [.connect]
        settings.statuses = []
        settings.backoff = .zero
        // Nothing was sent, so nothing is loaded by it.
        settings.budget = 200
        return settings
    }
}

extension TransferResult {
    /// Whether a server that answers so is not well.
    var speaksAgainstServer: Bool {
        switch self {
        case .response(let status, _, _): status >= 500
        case .failure(.timeout), .failure(.connect), .failure(.dns), .failure(.tls), .failure(.reset),
            .failure(.protocol):
            true
        case .failure: false
        }
    }
}
