import Configuration
import FanOut
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
        /// Of a kind that is not served yet.
        case none
    }

    let routes: [Route]
    let table: RouteTable
    /// By route.
    let actions: [Action]
    let rateLimits: RateLimits
    private let scoreboard: ScoreboardReader
    /// By route: what the quarantine knows it by; nil for those that are never put there.
    private let hashes: [UInt64?]

    init(_ configuration: Configuration, _ board: Scoreboard) {
        let scoreboard = board.reader
        let limits = configuration.limits
        let upstreams = configuration.upstreams.map {
            UpstreamServers(zip($0.servers, $0.weights).map(Server.init), UpstreamSettings($0, limits))
        }
        let places = configuration.upstreams.map { scoreboard.upstreamIndex(named: $0.name) }
        routes = configuration.routes
        self.scoreboard = scoreboard
        hashes = routes.map { $0.isQuarantined ? RouteHash.of($0.path.text) : nil }
        rateLimits = RateLimits(routes, board.rateBuckets)
        table = RouteTable(routes)
        actions = routes.map { route in
            switch route.action {
            case .respond(let response):
                return .respond(response)
            case .fanOut(let fanOut):
                let endpoints = fanOut.calls.indices.map {
                    Endpoint(upstreams[fanOut.calls[$0].upstream], Self.settings(of: $0, in: fanOut, limits))
                }
                return .fanOut(
                    FanOutService(fanOut, endpoints, scoreboardIndices: fanOut.calls.map { places[$0.upstream] }))
            case .batch(let batch):
                // Every URL is a server of its own.
                let endpoint = Endpoint(
                    UpstreamServers([], UpstreamSettings(limits)),
                    TransferSettings(bodyLimit: limits.responseBody, userAgent: Self.userAgent),
                    permits: { address, url in batch.allows(address, for: url) })
                return .batch(BatchService(route: batch, endpoint: endpoint))
            case .proxy:
                return .none
            }
        }
    }

    /// For how long a route is still in quarantine; nil when it is not.
    func quarantine(of route: Int) -> Duration? {
        guard let hash = hashes[route], let end = scoreboard.quarantineEnd(of: hash) else { return nil }
        let now = MonotonicTime.now()
        return end > now ? end.since(now) : nil
    }

    /// What is the same for every request of a call.
    private static func settings(of index: Int, in route: FanOutRoute, _ limits: Limits) -> TransferSettings {
        let call = route.calls[index]
        var settings = TransferSettings(bodyLimit: call.maxBody ?? limits.responseBody, userAgent: userAgent)
        let names = call.request?.fieldNames ?? []
        if names.contains("user-agent") { settings.userAgent = "" }
        settings.sendsAccept = !names.contains("accept")
        settings.collectsFields = !call.passedBack.isEmpty || route.looksAtFields(of: index)
        return settings
    }

    private static let userAgent = "gatewayd/\(Version.text)"
}

extension Server {
    fileprivate init(_ address: ServerAddress, weight: Int) {
        self.init(
            isSecure: address.scheme == .https, host: address.host, port: address.port, authority: address.authority,
            base: address.basePath, weight: weight)
    }
}

extension UpstreamSettings {
    /// What the configuration says of every upstream.
    fileprivate init(_ limits: Limits) {
        self.init()
        connectTimeout = limits.connectTimeout
    }

    /// What the configuration says of one.
    fileprivate init(_ upstream: Upstream, _ limits: Limits) {
        self.init(limits)
        usesLibcurl = upstream.engine == .libcurl
        asksForCoding = upstream.asksForCompression
        authorities = upstream.trustedAuthorities
        maxInFlight = upstream.maxInFlight
        maxQueue = upstream.maxQueue
        keepaliveIdle = upstream.keepalive.idle
        keepaliveConnections = upstream.keepalive.connections
        balance = upstream.balance
        outlier = upstream.outlier
        breaker = upstream.breaker
        retry = upstream.retry
        hedge = upstream.hedge
        deadlineField = upstream.deadlineField
    }
}
