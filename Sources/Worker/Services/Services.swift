import Access
import Base
import Configuration
import FanOut
import HTTP
import Loop
import Processes
import Scoreboard
import Upstream

/// The configuration as a worker runs it: the route table, and for each call its servers and prepared handles.
@LoopActor
struct Services {
    /// What a route does.
    enum Action {
        case fanOut(FanOutService)
        case batch(BatchService)
        case respond(Response)
        case proxy(ProxyService)
    }

    let routes: [Route]
    let table: RouteTable
    /// By route.
    let actions: [Action]
    let rateLimits: RateLimits
    /// Whose word on their clients counts.
    let proxies: TrustedProxies
    /// Whether any route takes bodies as they come.
    let hasProxies: Bool
    /// Whether any route speaks to browsers of other origins.
    let hasCORS: Bool
    /// By route: who judges its tokens; nil where it wants none.
    let tokens: [TokenService?]
    private let upstreams: [UpstreamService]
    private let scoreboard: ScoreboardReader
    /// By route: where the scoreboard counts its requests.
    let routeIndices: [Int]
    /// By route: what the quarantine knows it by; nil for those that are never put there.
    private let hashes: [UInt64?]

    init(_ configuration: Configuration, _ board: Scoreboard, _ counters: WorkerCounters) {
        let scoreboard = board.reader
        let limits = configuration.limits
        let places = configuration.upstreams.map { scoreboard.upstreamIndex(named: $0.name) }
        let upstreams = zip(configuration.upstreams, places).map { upstream, place in
            UpstreamService(upstream, limits, place, board)
        }
        for (upstream, place) in zip(upstreams, places) {
            upstream.report(to: counters, place)
            upstream.startDiscovery(configuration.names)
        }
        self.upstreams = upstreams
        routes = configuration.routes
        self.scoreboard = scoreboard
        hashes = routes.map { $0.isQuarantined ? RouteHash.of($0.path.text) : nil }
        routeIndices = scoreboard.routeIndices(ofPaths: routes.map(\.path.text))
        tokens = Self.tokenServices(routes, upstreams)
        rateLimits = RateLimits(routes, board.rateBuckets, configuration.trustedProxies)
        proxies = configuration.trustedProxies
        hasProxies = routes.contains { if case .proxy = $0.action { true } else { false } }
        hasCORS = routes.contains { $0.access?.cors != nil }
        table = RouteTable(routes)
        actions = routes.map { route in
            switch route.action {
            case .respond(let response):
                return .respond(response)
            case .fanOut(let fanOut):
                let endpoints = fanOut.calls.indices.map { index in
                    let servers = upstreams[fanOut.calls[index].upstream].servers
                    var settings = Self.settings(of: index, in: fanOut, limits, route)
                    // What an answer says of caches decides whether it is kept.
                    if servers.settings.cache != nil { settings.collectsFields = true }
                    return Endpoint(servers, settings)
                }
                return .fanOut(
                    FanOutService(
                        fanOut, endpoints, timeout: route.timeout,
                        scoreboardIndices: fanOut.calls.map { places[$0.upstream] },
                        isTraced: route.isTraced))
            case .batch(let batch):
                let own = OwnEndpoint(configuration.admin)
                // Every URL is a server of its own.
                let endpoint = Endpoint(
                    UpstreamServers([], UpstreamSettings(limits)),
                    TransferSettings(bodyLimit: limits.responseBody, userAgent: Self.userAgent),
                    permits: { address, url in
                        batch.allows(address, for: url)
                            && own?.mayBeReached(at: address, port: url.port, isLocal: LocalAddress.has) != true
                    })
                return .batch(
                    BatchService(route: batch, timeout: min(batch.timeout, route.timeout), endpoint: endpoint))
            case .proxy(let proxy):
                return .proxy(
                    ProxyService(
                        proxy, upstreams[proxy.upstream].servers, timeout: route.timeout,
                        scoreboardIndex: places[proxy.upstream]))
            }
        }
    }

    /// For how long a route is still in quarantine; nil when it is not.
    func quarantine(of route: Int) -> Duration? {
        guard let hash = hashes[route], let end = scoreboard.quarantineEnd(of: hash) else { return nil }
        let now = MonotonicTime.now()
        return end > now ? end.since(now) : nil
    }

    /// Begins what goes on without a request: asks servers whether they are well, and for keys of tokens.
    func start(_ engine: any CallEngine) {
        for upstream in upstreams { upstream.startProbes(engine, userAgent: Self.userAgent) }
        for case let service? in tokens { service.start(engine) }
    }

    /// One for all routes with the same rule.
    private static func tokenServices(_ routes: [Route], _ upstreams: [UpstreamService]) -> [TokenService?] {
        var services: [TokenService] = []
        return routes.map { route in
            guard let rule = route.access?.tokens else { return nil }
            if let service = services.first(where: { $0.rule == rule }) { return service }
            var servers: UpstreamServers?
            if case .upstream(let index, _) = rule.source { servers = upstreams[index].servers }
            let service = TokenService(rule, servers, userAgent: userAgent)
            services.append(service)
            return service
        }
    }

    /// What is the same for every request of a call.
    private static func settings(
        of index: Int, in fanOut: FanOutRoute, _ limits: Limits, _ route: Route
    ) -> TransferSettings {
        let call = fanOut.calls[index]
        var settings = TransferSettings(bodyLimit: call.accepted.maxBody ?? limits.responseBody, userAgent: userAgent)
        let names = call.request?.fieldNames ?? []
        if names.contains("user-agent") { settings.userAgent = "" }
        settings.sendsAccept = !names.contains("accept")
        settings.collectsFields = !call.accepted.passedBack.isEmpty || fanOut.looksAtFields(of: index)
        settings.traces = route.isTraced
        return settings
    }

    private static let userAgent = "gatewayd/\(Version.text)"
}
