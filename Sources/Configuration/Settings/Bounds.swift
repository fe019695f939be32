import FanOut

/// What no configuration can exceed.
package enum Bounds {
    /// The scoreboard's slots; more workers than CPUs gain nothing.
    package static let workers = 64
    /// The scoreboard's table of upstreams, those that URLs imply included.
    package static let upstreams = 128
    /// Servers of one upstream: every worker keeps connections to each.
    package static let servers = 256
    /// A server's weight.
    package static let weight = 1_000
    /// Failures in a row, and probes, that a judgement may wait for.
    package static let failures = 10_000
    /// Calls that a circuit's window may have to have.
    package static let minimumCalls = 60_000
    /// Attempts of one call.
    package static let attempts = 10
    /// Routes in one file; a guard against generated files that went wrong.
    package static let routes = 10_000
    /// Calls of one route: each client request costs that many upstream requests.
    package static let calls = FanOutState.mostCalls
    /// URLs that a batch may be allowed.
    package static let batchURLs = 1_000
    /// Calls in flight, calls that wait, and connections that are kept: a worker has a descriptor or a buffer for each.
    package static let inFlight = 100_000
    /// The burst of a rate limit; with a slow rate it is less, what comes in a day.
    package static let rateBurst = 1_000_000
    /// The longest duration: a longer one is a mistake in the unit.
    package static let duration = Duration.seconds(86_400)
    /// Bytes of a body, which a worker holds in memory.
    package static let body = 1 << 30
    /// Bytes of a body that a proxy passes on, which are nowhere held: a larger one is a mistake in the unit.
    package static let proxyBody = 1 << 44
    /// Bytes of answers that are kept of one upstream, in each worker.
    package static let cacheBytes = 16 << 30
    /// Bytes of a request's header.
    package static let headerBytes = 1 << 20
    /// Fields of a request's header.
    package static let headerFields = 1_000
    /// Connections of clients, which take a descriptor each (/proc/sys/fs/nr_open).
    package static let connections = 1 << 20
    /// Requests on one connection.
    package static let requestsPerConnection = 1_000_000_000
    /// Bytes a second that a client is to have at least.
    package static let leastRate = 1 << 20
    /// Requests after which a worker is recycled: more than one can answer in days is no limit.
    package static let recycleRequests = 1_000_000_000_000
    /// Bytes of memory at which a worker is recycled.
    package static let recycleBytes = 1 << 40
    /// Deaths that a restart intensity may tolerate.
    package static let intensity = 1_000
    /// `sun_path` without its terminating zero (unix(7)).
    package static let socketPathBytes = 107
    /// Values in one file, aliases counted each time: an alias of aliases grows without bound otherwise.
    static let values = 200_000
    /// Levels of nesting in one file; readers recurse.
    static let depth = 100
    /// Duplicate keys that are looked for; each costs one more pass over the file.
    static let duplicateKeys = 32
}
