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
        let settings = TransferSettings(
            bodyLimit: configuration.limits.responseBody, connectTimeout: configuration.limits.connectTimeout,
            userAgent: "gatewayd/\(Version.text)")
        let rotations = configuration.upstreams.map { ServerRotation($0.servers.map(\.text)) }
        let places = configuration.upstreams.map { scoreboard.upstreamIndex(named: $0.name) }
        routes = configuration.routes
        table = RouteTable(routes)
        fanOuts = routes.map { route in
            guard case .fanOut(let fanOut) = route.action else { return nil }
            return FanOutService(
                route: fanOut,
                endpoints: fanOut.calls.map { Endpoint(rotations[$0.upstream], settings) },
                scoreboardIndices: fanOut.calls.map { places[$0.upstream] })
        }
    }
}
