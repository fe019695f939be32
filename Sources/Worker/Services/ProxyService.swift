import FanOut
import Loop
import Upstream

/// A proxy route with what the worker made of it at start.
@LoopActor
final class ProxyService {
    /// The time of a call that its run watches itself.
    static let longest = Duration.seconds(86_400)

    let route: ProxyRoute
    let endpoint: Endpoint
    /// Where the scoreboard counts its upstream.
    let boardIndex: Int?
    /// For the answer to begin, from the request's last byte on.
    let responseTimeout: Duration

    init(_ route: ProxyRoute, _ upstream: UpstreamService, timeout: Duration) {
        self.route = route
        responseTimeout = route.responseTimeout ?? timeout
        boardIndex = upstream.boardIndex
        // The client's own fields go along, also these.
        var settings = TransferSettings(bodyLimit: .max, userAgent: "")
        settings.sendsAccept = false
        settings.collectsFields = true
        endpoint = Endpoint(upstream.servers, settings)
    }
}
