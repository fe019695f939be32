import Access
import Base
import FanOut
import HTTP
import Scoreboard

/// The rate limit of one route, as one worker asks for it; the buckets are those of all workers.
struct RouteRateLimit {
    private let limit: RateLimit
    /// Of what tells the route's buckets from those of others.
    private let hash: SipHash
    private let buckets: RateBuckets
    private let proxies: TrustedProxies

    /// Nil for a route that takes as many requests as come.
    init?(_ route: Route, _ buckets: RateBuckets, _ proxies: TrustedProxies) {
        guard let limit = route.rateLimit else { return nil }
        self.limit = limit
        self.buckets = buckets
        self.proxies = proxies
        var hash = SipHash(key: buckets.hashKey)
        // With the limit, for after a reload that changes it a bucket's time has another meaning; with the methods,
        // since one path can have several routes. What is hashed has an end that no path has.
        let name = "\(route.methods.joined(separator: ",")) \(route.path.text) "
        hash.combine("\(name)\(limit.rate.text) \(limit.burst) \(limit.key.text)\0")
        self.hash = hash
    }

    /// Counts a request when it passes, nil; else how long until one would.
    func wait(for request: Request, at now: MonotonicTime) -> Duration? {
        var hash = hash
        if limit.key != .route { hash.combine(limit.key.text(of: request, proxies)) }
        return buckets.take(hash.value(), limit, at: now)
    }
}
