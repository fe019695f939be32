package import Access
package import FanOut

/// A checked configuration: everything in it can be run as it stands.
package struct Configuration: Sendable {
    package var sockets = SocketSettings()
    package var workers = WorkerCount.auto
    /// Whether a worker writes a line per request.
    package var accessLog = true
    package var log = LogSettings()
    /// Nil: traces are passed on, and no spans are told of.
    package var tracing: TracingSettings?
    package var lifecycle = LifecycleSettings()
    package var limits = Limits()
    package var names = NameSettings()
    /// Whose word on their clients counts.
    package var trustedProxies = TrustedProxies.local
    /// The configured ones in the order of the file, then those that URLs of calls imply.
    package var upstreams: [Upstream] = []
    /// In the order of the file; their calls name upstreams by index.
    package var routes: [Route] = []

    package init() {}
}

/// The sockets that the daemon opens.
package struct SocketSettings: Sendable, Hashable {
    /// Never empty, without duplicates.
    ///
    /// Loopback only: to be reachable from outside is a decision, not a default.
    package var listen = [ListenAddress.tcp(host: "127.0.0.1", port: 8080)]
    /// Statistics, metrics, health, dashboard.
    ///
    /// Loopback only: statistics are not for clients.
    package var admin = ListenAddress.tcp(host: "127.0.0.1", port: 9180)
    /// The absolute path of the control socket.
    ///
    /// In the directory that systemd's RuntimeDirectory= makes.
    package var control = "/run/gatewayd/control.sock"

    package init() {}
}

/// When workers end, and when others take their place.
package struct LifecycleSettings: Sendable, Hashable {
    /// From the order to leave until what is left is killed.
    ///
    /// 30 s: as long as Kubernetes and most deployments give a process.
    package var drain = Duration.seconds(30)
    /// The age from which on a heartbeat means that its worker hangs.
    ///
    /// 10 s: an event loop that stood for so long serves nobody.
    package var heartbeatStale = Duration.seconds(10)
    package var restart = RestartSettings()
    package var reload = ReloadSettings()
    package var recycle = RecycleSettings()

    package init() {}
}
