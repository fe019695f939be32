import Configuration
import FanOut
import Loop
import Scoreboard
import Upstream

/// The configuration as a worker runs it: the route table, and for each call its servers and prepared handles.
@LoopActor
struct Services {
    let routes: [Route]
    let table: RouteTable
    /// By route; nil where the route is of a kind that is not a fan-out.
    let fanOuts: [FanOutService?]

    init(_ configuration: Configuration, _ scoreboard: ScoreboardReader) {
        let limits = configuration.limits
        let upstreams = configuration.upstreams.map {
            UpstreamServers($0.servers.map(Server.init), UpstreamSettings($0, limits))
        }
        let places = configuration.upstreams.map { scoreboard.upstreamIndex(named: $0.name) }
        routes = configuration.routes
        table = RouteTable(routes)
        fanOuts = routes.map { route in
            guard case .fanOut(let fanOut) = route.action else { return nil }
            return FanOutService(
                route: fanOut,
                endpoints: fanOut.calls.map { Endpoint(upstreams[$0.upstream], TransferSettings($0, limits)) },
                scoreboardIndices: fanOut.calls.map { places[$0.upstream] })
        }
    }
}

extension Server {
    fileprivate init(_ address: ServerAddress) {
        self.init(
            isSecure: address.scheme == .https, host: address.host, port: address.port, authority: address.authority,
            base: address.basePath)
    }
}

extension UpstreamSettings {
    /// What the configuration says of an upstream.
    fileprivate init(_ upstream: Upstream, _ limits: Limits) {
        self.init()
        connectTimeout = limits.connectTimeout
    }
}

extension TransferSettings {
    /// What the configuration says of a call.
    fileprivate init(_ call: Call, _ limits: Limits) {
        self.init(bodyLimit: call.maxBody ?? limits.responseBody, userAgent: "gatewayd/\(Version.text)")
    }
}
