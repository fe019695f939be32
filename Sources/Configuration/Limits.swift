import FanOut

/// The limits that a configuration sets (`limits:`), each with its default and the reason for it.
package struct Limits: Sendable, Hashable {
    /// From a request's first byte to the end of its header (or a connection's start to its first request).
    ///
    /// 10 s: far more than any network needs, short enough that slow senders (Slowloris) hold few connections.
    package var headerTimeout: Duration = .seconds(10)
    /// How long a connection may wait for its next request.
    ///
    /// 75 s: longer than nginx keeps idle upstream connections (60 s), else nginx meets closed ones.
    package var keepaliveIdle: Duration = .seconds(75)
    /// Bytes a second of a request's body, after the time of its header, and of an answer, after `writeTimeout`.
    ///
    /// 500: as Apache's mod_reqtimeout has it; a modem of 1990 is faster.
    package var leastRate = 500
    /// How long a client may take nothing of an answer that waits for it.
    ///
    /// 60 s: as nginx's send_timeout.
    package var writeTimeout: Duration = .seconds(60)
    /// Connections of clients at once, in each worker; further ones wait in the socket's queue.
    ///
    /// 65,536: as many as there can be of one client to one address and port.
    package var connections: Int = 65_536
    /// Connections of one client address at once, in each worker.
    ///
    /// Further ones are closed; nil: no limit.
    package var connectionsPerClient: Int?
    /// Requests after which a connection is closed; nil: it stays.
    package var requestsPerConnection: Int?
    /// For the connection to a server, name resolution and TLS included; nil leaves it to the call's timeout.
    ///
    /// A limit of its own only helps where a server takes connections fast and answers slowly.
    package var connectTimeout: Duration?
    /// Bytes of a request's body; a larger one is answered 413.
    ///
    /// 1 MiB: as much as nginx passes by default (client_max_body_size).
    package var requestBody: Int = 1 << 20
    /// Bytes of each call's body; a larger one fails as `too_large`.
    ///
    /// 10 MiB: ample for a part of a page, and five calls of it do not threaten a worker's memory.
    package var responseBody: Int = 10 << 20
    /// Bytes of a request's line and header together; more is answered 431 (414 for the line alone).
    ///
    /// 32 KiB: as nginx's four large buffers of 8 KiB.
    package var headerBytes: Int = 32 << 10
    /// Fields of a request's header; more is answered 431.
    ///
    /// 100: as Apache's LimitRequestFields, several times what browsers send.
    package var headerFields: Int = 100
    /// Calls in flight in each worker; one beyond it fails as `overloaded`.
    ///
    /// 16,384: more than a core can move in a page's time, and within the descriptors that a service may open.
    package var inFlight: Int = 16_384
    /// Whether a worker finds out by itself how many requests it can answer in time, and refuses the others with 503.
    ///
    /// Off: it wants routes that take about as long each time.
    package var isAdaptive = false

    package init() {}
}

/// How the addresses of names are kept (`names:`).
package struct NameSettings: Sendable, Hashable {
    /// How long a resolved name is used before it is looked up again.
    ///
    /// 10 s: a server that moved is found soon, and a resolver answers every name six times a minute at most.
    package var age: Duration = .seconds(10)
    /// How long a lookup may take before the calls that wait for it fail as `dns`.
    ///
    /// 5 s: as long as the resolver waits for its first server (resolv.conf(5)).
    package var timeout: Duration = .seconds(5)

    package init() {}
}

/// What holds where a configuration says nothing.
package enum Defaults {
    /// Where `gatewayd` looks for its configuration.
    package static let path = "/etc/gatewayd/gatewayd.yaml"
    /// Loopback only: to be reachable from outside is a decision, not a default.
    package static let listen = [ListenAddress.tcp(host: "127.0.0.1", port: 8080)]
    /// Loopback only: statistics are not for clients.
    package static let admin = ListenAddress.tcp(host: "127.0.0.1", port: 9180)
    /// In the directory that systemd's RuntimeDirectory= makes.
    package static let control = "/run/gatewayd/control.sock"
    /// How often the keys of tokens are asked for: as long as one that was withdrawn may still be believed.
    package static let keyRefresh = Duration.seconds(300)
    /// How far clocks may be apart that a token's times are judged by.
    package static let tokenLeeway = Duration.seconds(30)
    /// Of a whole route; a page that took longer has lost its reader.
    ///
    /// A call has what is left of it.
    package static let routeTimeout = Duration.seconds(2)
    /// Of each URL of a batch: they are foreign servers, slower than upstreams.
    package static let batchTimeout = Duration.seconds(10)
    /// How long an answer that a proxy passes on may pause: as nginx's proxy_read_timeout.
    package static let proxyIdle = Duration.seconds(60)
    /// How long a WebSocket may be silent: those that are used so beat at least once in some minutes.
    package static let webSocketIdle = Duration.seconds(3_600)
    /// URLs in one batch.
    package static let batchMax = 32
    /// From TERM to KILL: as long as Kubernetes and most deployments give a process.
    package static let drain = Duration.seconds(30)
    /// A worker whose heartbeat is older is unresponsive: an event loop that stood for 10 s serves nobody.
    package static let heartbeatStale = Duration.seconds(10)
}

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
