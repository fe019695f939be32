import FanOut
import HTTP
import Loop
import Upstream

/// A fan-out route with what the worker made of it at start.
@LoopActor
final class FanOutService {
    /// What settling a call looks at; a `Call` whole would be copied for it.
    struct Traits {
        var reading: PartReading
        var expectedStatus: StatusSet
        /// Its failure decides the answer; a fallback stands in for a failed call, so with one it decides nothing.
        var isDecisive: Bool
        /// Where the scoreboard counts its upstream.
        var scoreboardIndex: Int?
    }

    let route: FanOutRoute
    /// By call.
    let endpoints: [Endpoint]
    /// By call.
    let traits: [Traits]
    /// Calls that the answer cannot do without and that begin with the request.
    let firstRequired: [Int]
    /// Whether there are calls that the answer cannot do without.
    let hasRequired: Bool
    /// What a request begins with.
    let newState: FanOutState
    /// Of the whole.
    let timeout: Duration
    /// A request that takes longer is slow.
    let slowFrom: Duration
    /// By call, from its start.
    let timeouts: [Duration]
    /// Whether answers tell how each call went.
    let isTraced: Bool
    /// Whether fields of calls' answers go to the client.
    let passesBack: Bool

    init(
        _ route: FanOutRoute, _ endpoints: [Endpoint], timeout: Duration, scoreboardIndices: [Int?], isTraced: Bool
    ) {
        self.timeout = timeout
        slowFrom = timeout / 2
        timeouts = route.timeouts(within: timeout)
        self.isTraced = isTraced
        self.route = route
        self.endpoints = endpoints
        traits = zip(route.calls, scoreboardIndices).map { call, index in
            Traits(
                reading: PartReading(
                    kind: call.accepted.kind, needsObject: route.mergeTraits.needsObjects, shape: call.accepted.shape,
                    standard: call.accepted.standard),
                expectedStatus: call.accepted.statuses, isDecisive: call.isDecisive, scoreboardIndex: index)
        }
        newState = FanOutState(
            calls: route.calls.count, required: route.calls.count(where: \.isDecisive), quorum: route.quorum,
            graph: route.graph)
        firstRequired = route.calls.indices.filter { route.calls[$0].isDecisive && route.calls[$0].inputs.isEmpty }
        hasRequired = route.calls.contains { $0.isRequired }
        passesBack = route.calls.contains { !$0.accepted.passedBack.isEmpty }
    }
}
