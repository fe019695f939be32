package import Access
package import FanOut

/// A checked configuration: everything in it can be run as it stands.
package struct Configuration: Sendable {
    /// Never empty, without duplicates.
    package var listen: [ListenAddress]
    /// Statistics, metrics, health, dashboard.
    package var admin: ListenAddress
    /// The absolute path of the control socket.
    package var control: String
    package var workers: WorkerCount
    /// The configured ones in the order of the file, then those that URLs of calls imply.
    package var upstreams: [Upstream]
    /// In the order of the file; their calls name upstreams by index.
    package var routes: [Route]
    /// Whether a worker writes a line per request.
    package var accessLog: Bool
    package var log: LogSettings
    /// Nil: traces are passed on, and no spans are told of.
    package var tracing: TracingSettings?
    /// From the order to leave until what is left is killed.
    package var drain: Duration
    /// The age from which on a heartbeat means that its worker hangs.
    package var heartbeatStale: Duration
    package var restart: RestartSettings
    package var reload: ReloadSettings
    package var recycle: RecycleSettings
    package var limits: Limits
    package var names: NameSettings
    /// Whose word on their clients counts.
    package var trustedProxies: TrustedProxies

    package init(
        listen: [ListenAddress] = Defaults.listen, admin: ListenAddress = Defaults.admin,
        control: String = Defaults.control, workers: WorkerCount = .auto, upstreams: [Upstream] = [],
        routes: [Route] = [], accessLog: Bool = true, drain: Duration = Defaults.drain,
        heartbeatStale: Duration = Defaults.heartbeatStale, restart: RestartSettings = RestartSettings(),
        reload: ReloadSettings = ReloadSettings(), recycle: RecycleSettings = RecycleSettings(),
        limits: Limits = Limits(), names: NameSettings = NameSettings(), trustedProxies: TrustedProxies = .local,
        log: LogSettings = LogSettings()
    ) {
        self.trustedProxies = trustedProxies
        self.log = log
        self.listen = listen
        self.admin = admin
        self.control = control
        self.workers = workers
        self.upstreams = upstreams
        self.routes = routes
        self.accessLog = accessLog
        self.drain = drain
        self.heartbeatStale = heartbeatStale
        self.restart = restart
        self.reload = reload
        self.recycle = recycle
        self.limits = limits
        self.names = names
    }
}
