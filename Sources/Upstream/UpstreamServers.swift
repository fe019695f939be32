import Base
package import Loop
package import Policy
import Processes

/// What happened to an upstream or to one of its servers, for the log and the statistics.
package enum UpstreamEvent: Sendable, Equatable {
    case retried, hedged
    /// A copy was faster than the first.
    case hedgeWon
    case circuitOpened, circuitClosed
    /// Of a server, by its URL.
    case ejected(String), down(String), up(String)
    /// Records name other servers than before: these, by their URLs.
    case serversChanged([String])
    /// TLS with a server, by its URL, did not come about.
    case tlsFailed(String, TLSFault)
    /// The lookup of the records has failed, and the one before it had not.
    case lookupFailed
}

/// The servers of an upstream: which has the next call, what is known of their health, and the calls in flight.
@LoopActor
package final class UpstreamServers {
    package let settings: UpstreamSettings
    /// Those of the lowest priority first; none before the first lookup where records name them.
    package private(set) var servers: [ServerState]
    /// Whether some of them are there only for when no other is up.
    private var hasPriorities: Bool
    /// Looks up the records that name the servers; nil where the configuration has them.
    package internal(set) var discovery: ServiceDiscovery?
    let gate: Gate
    private var balancer: Balancer
    private let breaker: CircuitBreaker?
    /// What is done when a call fails; nil where that is nothing.
    private(set) var retry: RetrySettings? {
        didSet { noteRepeats() }
    }
    /// Whether its calls may take more than one attempt; kept, since a look at large values copies them.
    private(set) var repeats = false
    private var retryBudget: RetryBudget
    private var hedgeBudget: RetryBudget
    private var latency: LatencyQuantile?
    /// Calls of which a copy may become due.
    let hedges: HedgeLine
    /// Names in lower case of fields in which equal calls may differ.
    private(set) lazy var unkeyedFields = CallKey.unkeyedFields(settings)
    /// Where equal calls are made once; nil where each is made.
    package let shared: SharedCalls?
    /// Where what is known of a server's health is kept, for as long; nil: in this process.
    private let cells: (_ url: String, _ time: Duration) -> (any SharedCells)?
    /// Told of what happens.
    package var report: (UpstreamEvent) -> Void = { _ in }

    /// Takes no servers where all that is called is a URL from outside, or records are yet to name them.
    ///
    /// - Parameters:
    ///   - breaker: What the circuit's state is kept in.
    ///   - health: Where what is known of a server's health is kept for as long, by its URL; nil: in this process.
    package init(
        _ servers: [Server], _ settings: UpstreamSettings, breaker: any SharedCells = LocalCells(),
        health: @escaping (_ url: String, _ time: Duration) -> (any SharedCells)? = { _, _ in nil }
    ) {
        self.settings = settings
        cells = health
        self.servers = servers.map { ServerState($0, settings, health($0.url, .zero) ?? LocalCells()) }
        gate = Gate(limit: settings.maxInFlight ?? .max, queue: settings.maxQueue)
        balancer = Balancer(settings.balance, servers)
        hasPriorities = servers.first?.priority != servers.last?.priority
        self.breaker = settings.breaker.map { CircuitBreaker($0, breaker) }
        retry = settings.retry ?? .failover(servers: servers.count)
        retryBudget = RetryBudget(percent: (settings.retry ?? .failover).budget)
        hedgeBudget = RetryBudget(percent: settings.hedge?.budget ?? 0)
        if case .percentile(let percent) = settings.hedge?.after { latency = LatencyQuantile(percent: percent) }
        hedges = HedgeLine()
        shared = SharedCalls(settings)
        noteRepeats()
    }

    private func noteRepeats() { repeats = retry != nil || settings.hedge != nil }

    /// Takes other servers for those it had, in the order of their priorities; never none.
    ///
    /// Those that stay keep their connections and what is known of them. Calls end where they are.
    func replace(by new: [Server]) {
        guard new != servers.map(\.server) else { return }
        let known = Dictionary(servers.map { ($0.server.url, $0) }) { first, _ in first }
        let left = servers
        servers = new.map { server in
            let state = known[server.url] ?? ServerState(server, settings, LocalCells())
            state.server = server
            return state
        }
        for state in left where !servers.contains(where: { $0 === state }) { state.retire() }
        balancer = Balancer(settings.balance, new)
        hasPriorities = new.first?.priority != new.last?.priority
        retry = settings.retry ?? .failover(servers: new.count)
        report(.serversChanged(new.map(\.url)))
    }

    /// Says that it has its servers for so long: all processes that say so keep what they know of them in one place.
    func keepServers(for time: Duration) {
        for state in servers {
            if let cells = cells(state.server.url, time) { state.keepHealth(in: cells) }
        }
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
    ///
    /// Nil while no server is known.
    func take(avoiding avoided: ServerState?) -> ServerState? {
        guard let server = servers.count < 2 ? servers.first : servers[choose(avoiding: avoided)] else { return nil }
        server.inFlight += 1
        return server
    }

    private func choose(avoiding avoided: ServerState?) -> Int {
        let now = MonotonicTime.now()
        // A further attempt takes nobody's turn: otherwise, of two servers, one would have all first attempts.
        let before = avoided == nil ? nil : balancer
        defer { if let before { balancer = before } }
        guard hasPriorities else {
            return balancer.choose(
                { [servers] in servers[$0] !== avoided && servers[$0].health.state(at: now) == .up },
                inFlight: { [servers] in servers[$0].inFlight })
        }
        // Of the lowest number that has one that is up; where none is, of the lowest number.
        let free = servers.map { $0 !== avoided && $0.health.state(at: now) == .up }
        let first = free.firstIndex(of: true)
        let priority = servers[first ?? 0].server.priority
        return balancer.choose(
            { [servers] in servers[$0].server.priority == priority && (first == nil || free[$0]) },
            inFlight: { [servers] in servers[$0].inFlight })
    }

    /// A transfer ended by itself, which says something of the server that it was at.
    func judge(_ transfer: Transfer, _ result: TransferResult) {
        let hasChoice = servers.count > 1
        guard breaker != nil || hasChoice, let server = transfer.server else { return }
        let isFailure = result.speaksAgainstServer
        if let breaker {
            let now = MonotonicTime.now()
            if breaker.record(isFailure: isFailure, isTrial: transfer.isTrial, at: now) { report(.circuitOpened) }
            if transfer.isTrial, !isFailure { report(.circuitClosed) }
        }
        guard hasChoice, server.health.record(isFailure: isFailure, settings.outlier) else { return }
        eject(server)
    }

    private func eject(_ server: ServerState) {
        let now = MonotonicTime.now()
        let out = servers.count { $0.health.state(at: now) != .up }
        guard out < max(1, servers.count * settings.outlier.mostEjected / 100) else { return }
        if server.health.eject(settings.outlier, at: now) { report(.ejected(server.server.url)) }
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

    /// A call has its result; the clock is only read where that is of use.
    func noteLatency(since start: MonotonicTime) { latency?.record(MonotonicTime.now().since(start)) }
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

extension Balancer {
    fileprivate init(_ balance: Balance, _ servers: [Server]) {
        self.init(balance, weights: servers.map(\.weight), seed: .random(in: .min ... .max))
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
