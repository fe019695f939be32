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
    /// The one that takes it; nil before that is found.
    private(set) var route: Route?
    /// The route's number.
    private(set) var index = 0
    /// Where it is noted down as in flight.
    var place: Int?

    init(_ request: Request, _ client: Client, _ mark: RequestMark, probe: ((Int) -> Void)? = nil) {
        self.request = request
        self.client = client
        self.mark = mark
        self.probe = probe
    }

    var id: String { mark.id }

    func enter(_ route: Route, _ index: Int) {
        self.route = route
        self.index = index
    }

    /// Upstreams see this from now on.
    func pass(_ request: Request) { self.request = request }
}
