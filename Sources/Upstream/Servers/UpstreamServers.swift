import Base
package import Loop
package import Policy
import Processes

/// Looks up the servers of an upstream.
@LoopActor
protocol ServerDiscovery: AnyObject {
    /// Calls back when there are servers, or with false when there will be none soon.
    func whenKnown(_ completion: @escaping (Bool) -> Void)
}

/// The servers of an upstream: which has the next call, what is known of their health, and the calls in flight.
@LoopActor
package final class UpstreamServers {
    package let settings: UpstreamSettings
    private var choice: ServerChoice
    /// Looks up the records that name the servers; nil where the configuration has them.
    var discovery: (any ServerDiscovery)?
    var gate: Gate
    private let breaker: CircuitBreaker?
    var repetition: Repetition
    /// Whether equal calls are made once; kept, since a look at large values copies them.
    let isShared: Bool
    /// Names in lower case of fields in which equal calls may differ.
    private(set) lazy var unkeyedFields = settings.unkeyedFields
    /// Where what is known of a server's health is kept, for as long; nil: in this process.
    private let cells: (_ url: String, _ time: Duration) -> (any SharedCells)?
    /// Told of what happens.
    package var report: (UpstreamEvent) -> Void = { _ in }
    /// Told of what becomes of calls where equal ones are shared.
    package var reportSharing: (SharingEvent) -> Void = { _ in }

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
        choice = ServerChoice(
            servers.map { ServerState($0, health($0.url, .zero) ?? LocalCells()) }, settings.balance)
        gate = Gate(limit: settings.admission.maxInFlight ?? .max, queue: settings.admission.maxQueue)
        self.breaker = settings.breaker.map { CircuitBreaker($0, breaker) }
        repetition = Repetition(settings.attempts.retry, settings.attempts.hedge, servers: servers.count)
        isShared = settings.isShared
    }

    /// Those of the lowest priority first; none before the first lookup where records name them.
    package var servers: [ServerState] { choice.servers }

    /// Takes other servers for those it had, in the order of their priorities; never none.
    ///
    /// Those that stay keep their connections and what is known of them. Calls end where they are.
    func replace(by new: [Server]) {
        guard new != servers.map(\.server) else { return }
        let known = Dictionary(servers.map { ($0.server.url, $0) }) { first, _ in first }
        let left = servers
        let states = new.map { server in
            let state = known[server.url] ?? ServerState(server, LocalCells())
            state.server = server
            return state
        }
        choice = ServerChoice(states, settings.balance)
        for state in left where !states.contains(where: { $0 === state }) { state.retire() }
        repetition.follow(settings.attempts.retry, servers: new.count)
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
        guard let server = choice.next(avoiding: avoided) else { return nil }
        server.inFlight += 1
        return server
    }

    /// It is used no more: its servers' connections are closed when they are free.
    func retire() {
        for state in servers { state.retire() }
    }

    /// A transfer ended by itself, which says something of the server that it was at.
    ///
    /// - Parameters:
    ///   - isFailure: That the server is blamed for.
    ///   - isTrial: It was the one call by which an open circuit is tried.
    func judge(_ server: ServerState?, isFailure: @autoclosure () -> Bool, isTrial: Bool) {
        let hasChoice = choice.servers.count > 1
        guard breaker != nil || hasChoice, let server else { return }
        let isFailure = isFailure()
        if let breaker {
            let now = MonotonicTime.now()
            if breaker.record(isFailure: isFailure, isTrial: isTrial, at: now) { report(.circuitOpened) }
            if isTrial, !isFailure { report(.circuitClosed) }
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

    func takeRetry() -> Bool {
        guard repetition.takeRetry() else { return false }
        report(.retried)
        return true
    }

    func takeHedge() -> Bool {
        guard repetition.takeHedge() else { return false }
        report(.hedged)
        return true
    }
}
