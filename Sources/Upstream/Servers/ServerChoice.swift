import Base
import Loop
import Policy
import Processes

/// Which of an upstream's servers has the next call.
@LoopActor
struct ServerChoice {
    /// Those of the lowest priority first.
    let servers: [ServerState]
    /// Whether some of them are there only for when no other is up.
    private let hasPriorities: Bool
    private var balancer: Balancer

    init(_ servers: [ServerState], _ balance: Balance) {
        self.servers = servers
        hasPriorities = servers.first?.server.share.priority != servers.last?.server.share.priority
        balancer = Balancer(balance, weights: servers.map(\.server.share.weight), seed: .random(in: .min ... .max))
    }

    /// Another than the one given, if there is one; nil when there is none at all.
    mutating func next(avoiding avoided: ServerState?) -> ServerState? {
        servers.count < 2 ? servers.first : servers[choose(avoiding: avoided)]
    }

    private mutating func choose(avoiding avoided: ServerState?) -> Int {
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
        let priority = servers[first ?? 0].server.share.priority
        return balancer.choose(
            { [servers] in servers[$0].server.share.priority == priority && (first == nil || free[$0]) },
            inFlight: { [servers] in servers[$0].inFlight })
    }
}
