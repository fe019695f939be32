import Access
import Configuration
import FanOut
import Loop
import Scoreboard
import Upstream

/// The configuration as a worker runs it: the route table, and for each route what a request passes and what it comes to.
@LoopActor
struct Services {
    let table: RouteTable
    /// In the order of the configuration, as the table numbers them.
    let routes: [RouteService]
    /// Whose word on their clients counts.
    let proxies: TrustedProxies
    /// Whether any route takes bodies as they come.
    let hasProxies: Bool
    /// Whether any route speaks to browsers of other origins.
    let hasCORS: Bool
    private let names: NameSettings
    private let upstreams: [UpstreamService]
    private let tokens: TokenServices

    init(_ configuration: Configuration, _ board: Scoreboard, _ counters: WorkerCounters) {
        let upstreams = configuration.upstreams.map { UpstreamService($0, configuration.limits, board, counters) }
        var tokens = TokenServices(upstreams)
        let boardIndices = board.reader.routeIndices(ofPaths: configuration.routes.map(\.path.text))
        routes = configuration.routes.enumerated().map { index, route in
            RouteService(
                index, route, boardIndex: boardIndices[index],
                RouteService.Stages(
                    tokens: tokens.service(for: route),
                    quarantine: RouteQuarantine(route, board.reader),
                    rateLimit: RouteRateLimit(route, board.rateBuckets, configuration.trustedProxies)),
                RouteService.Action(route, configuration, upstreams))
        }
        table = RouteTable(configuration.routes)
        proxies = configuration.trustedProxies
        hasProxies = configuration.routes.contains { if case .proxy = $0.action { true } else { false } }
        hasCORS = configuration.routes.contains { $0.access?.cors != nil }
        names = configuration.names
        self.upstreams = upstreams
        self.tokens = tokens
    }

    /// Begins what goes on without a request: looks servers up, asks whether they are well, and for keys of tokens.
    func start(_ engine: any CallEngine) {
        for upstream in upstreams { upstream.start(engine, names) }
        for service in tokens.all { service.start(engine) }
    }
}
