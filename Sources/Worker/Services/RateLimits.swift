import Access
import Base
import FanOut
import HTTP
import Processes
import Scoreboard

/// The rate limits of all routes, as one worker asks for them; the buckets are those of all workers.
struct RateLimits {
    private struct Limit {
        var limit: RateLimit
        /// Of what tells the route's buckets from those of others.
        var hash: SipHash
    }

    /// By route; nil for those that have none.
    private let limits: [Limit?]
    private let buckets: RateBuckets
    private let proxies: TrustedProxies

    init(_ routes: [Route], _ buckets: RateBuckets, _ proxies: TrustedProxies) {
        self.proxies = proxies
        self.buckets = buckets
        let key = buckets.hashKey
        limits = routes.map { route in
            route.rateLimit.map { limit in
                var hash = SipHash(key: key)
                // With the limit, for after a reload that changes it a bucket's time has another meaning; with the
                // methods, since one path can have several routes. What is hashed has an end that no path has.
                let name = "\(route.methods.joined(separator: ",")) \(route.path.text) "
                hash.combine("\(name)\(limit.rate.text) \(limit.burst) \(limit.key.text)\0")
                return Limit(limit: limit, hash: hash)
            }
        }
    }

    /// Counts a request of a route when it passes, nil; else how long until one would.
    func wait(for request: Request, of route: Int) -> Duration? {
        guard let limit = limits[route] else { return nil }
        var hash = limit.hash
        if limit.limit.key != .route { hash.combine(limit.limit.key.text(of: request, proxies)) }
        return buckets.take(hash.value(), limit.limit, at: .now())
    }

    /// What a request gets that does not pass.
    static func refusal(for wait: Duration, requestID: String) -> Response {
        Problem(429, "This route takes no more requests at this time.", requestID: requestID).after(wait).response
    }
}
