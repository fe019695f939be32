import FanOut
import HTTP
import HTTPEdge
import Loop

/// A request on its way through the worker, and what has become known of it.
@LoopActor
final class Exchange {
    /// As upstreams may see it.
    private(set) var request: Request
    let client: Client
    let mark: RequestMark
    /// Set where it is the worker itself that asks, and wants to know the status.
    let probe: ((Int) -> Void)?
    /// Of the route that takes it; nil before that is found.
    private(set) var service: RouteService?
    /// Where it is noted down as in flight.
    var place: Int?

    init(_ request: Request, _ client: Client, _ mark: RequestMark, probe: ((Int) -> Void)? = nil) {
        self.request = request
        self.client = client
        self.mark = mark
        self.probe = probe
    }

    var id: String { mark.id }

    var route: Route? { service?.route }

    func enter(_ service: RouteService) { self.service = service }

    /// Upstreams see this from now on.
    func pass(_ request: Request) { self.request = request }
}
