import Base
import Configuration
import FanOut
import HTTP
import Loop
import Processes
import Tokens

/// A route with what the worker made of it at start: who may use it, how often, and what it does.
///
/// A class: each request has it in hand, and does not copy it.
@LoopActor
final class RouteService {
    /// What a route does.
    enum Action {
        case fanOut(FanOutService)
        case batch(BatchService)
        case respond(Response)
        case proxy(ProxyService)
    }

    /// Whether a request may go on to what its route does.
    enum Verdict: Equatable {
        case admitted
        /// The route's requests were in flight at crash after crash.
        case quarantined(for: Duration)
        case rateLimited(for: Duration)
    }

    /// The route's number in the configuration.
    let index: Int
    let route: Route
    /// Where the scoreboard counts its requests.
    let boardIndex: Int
    let stages: Stages
    let action: Action

    /// What a request passes between its route and what that does, in this order; nil where the route does not have it.
    struct Stages {
        var tokens: TokenService?
        var quarantine: RouteQuarantine?
        var rateLimit: RouteRateLimit?
    }

    init(_ index: Int, _ route: Route, boardIndex: Int, _ stages: Stages, _ action: Action) {
        self.index = index
        self.route = route
        self.boardIndex = boardIndex
        self.stages = stages
        self.action = action
    }

    /// Judges a request that is let in, and counts it where the route counts.
    ///
    /// - Parameter now: Is only asked for where the time decides.
    func judge(_ request: Request, at now: @autoclosure () -> MonotonicTime) -> Verdict {
        if let wait = stages.quarantine?.wait(at: now()) { return .quarantined(for: wait) }
        if let wait = stages.rateLimit?.wait(for: request, at: now()) { return .rateLimited(for: wait) }
        return .admitted
    }
}

extension RouteService.Action {
    /// What a route of the configuration does, with the servers that it needs.
    @LoopActor
    init(_ route: Route, _ configuration: Configuration, _ upstreams: [UpstreamService]) {
        switch route.action {
        case .respond(let response): self = .respond(response)
        case .fanOut(let fanOut): self = .fanOut(FanOutService(fanOut, of: route, upstreams, configuration.limits))
        case .batch(let batch): self = .batch(BatchService(batch, of: route, configuration))
        case .proxy(let proxy):
            self = .proxy(ProxyService(proxy, upstreams[proxy.upstream], timeout: route.timeout))
        }
    }
}
