import Access
import FanOut

/// A route as far as it could be read: enough to find collisions also beside other mistakes.
struct RouteDraft {
    var path: PathTemplate?
    var place: Place
    var methods: [String]?
    var timeout: Duration?
    var action: Route.Action?
    var isQuarantined = false
    var isTraced = false
    var rateLimit: RateLimit?
    var access = RouteAccess()
}
