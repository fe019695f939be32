import Configuration
import FanOut
import HTTP
import Loop
import Policy
import Upstream

/// A fan-out route with what the worker made of it at start.
@LoopActor
final class FanOutService {
    let route: FanOutRoute
    let calls: [CallService]
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
    /// Whether answers tell how each call went.
    let isTraced: Bool
    /// Whether fields of calls' answers go to the client.
    let passesBack: Bool

    init(_ fanOut: FanOutRoute, of route: Route, _ upstreams: [UpstreamService], _ limits: Limits) {
        timeout = route.timeout
        slowFrom = timeout / 2
        isTraced = route.isTraced
        self.route = fanOut
        let timeouts = fanOut.timeouts(within: timeout)
        calls = fanOut.calls.indices.map { index in
            let upstream = upstreams[fanOut.calls[index].upstream]
            let settings = TransferSettings(ofCall: index, in: fanOut, of: route, upstream, limits)
            return CallService(
                fanOut.calls[index], of: fanOut, Endpoint(upstream.servers, settings), timeout: timeouts[index],
                boardIndex: upstream.boardIndex)
        }
        newState = FanOutState(
            calls: fanOut.calls.count, required: fanOut.calls.count(where: \.isDecisive), quorum: fanOut.quorum,
            graph: fanOut.graph)
        firstRequired = fanOut.calls.indices.filter { fanOut.calls[$0].isDecisive && fanOut.calls[$0].inputs.isEmpty }
        hasRequired = fanOut.calls.contains { $0.isRequired }
        passesBack = fanOut.calls.contains { !$0.accepted.passedBack.isEmpty }
    }
}

/// One call of a fan-out route: all that a run looks at as it begins and ends; a `Call` whole would be copied for it.
struct CallService {
    let endpoint: Endpoint
    /// From its start.
    let timeout: Duration
    /// The field in which its upstream is told how much time is left; nil where it is not told.
    let deadlineField: String?
    let reading: PartReading
    let expectedStatus: StatusSet
    /// Its failure decides the answer; a fallback stands in for a failed call, so with one it decides nothing.
    let isDecisive: Bool
    let isRequired: Bool
    /// Where the scoreboard counts its upstream.
    let boardIndex: Int?

    @LoopActor
    init(_ call: Call, of route: FanOutRoute, _ endpoint: Endpoint, timeout: Duration, boardIndex: Int?) {
        self.endpoint = endpoint
        self.timeout = timeout
        deadlineField = endpoint.upstream.settings.deadlineField
        reading = PartReading(
            kind: call.accepted.kind, needsObject: route.mergeTraits.needsObjects, shape: call.accepted.shape,
            standard: call.accepted.standard)
        expectedStatus = call.accepted.statuses
        isDecisive = call.isDecisive
        isRequired = call.isRequired
        self.boardIndex = boardIndex
    }
}

extension TransferSettings {
    /// What is the same for every request of a call.
    @LoopActor
    fileprivate init(
        ofCall index: Int, in fanOut: FanOutRoute, of route: Route, _ upstream: UpstreamService, _ limits: Limits
    ) {
        let call = fanOut.calls[index]
        let names = call.request?.fieldNames ?? []
        self.init(
            bodyLimit: call.accepted.maxBody ?? limits.responseBody,
            userAgent: names.contains("user-agent") ? "" : UserAgent.text)
        sendsAccept = !names.contains("accept")
        // What an answer says of caches decides whether it is kept.
        collectsFields =
            !call.accepted.passedBack.isEmpty || fanOut.looksAtFields(of: index)
            || upstream.servers.settings.sharing.cache != nil
        traces = route.isTraced
    }
}
