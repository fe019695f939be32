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
