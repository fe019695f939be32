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

    /// Reads a file's text: the configuration and what is odd about it.
    ///
    /// - Parameters:
    ///   - text: YAML in UTF-8.
    ///   - path: The file as errors name it.
    ///   - environment: What `${NAME}` refers to.
    ///   - files: What `file:/PATH` refers to.
    /// - Throws: Every error of the file, in its order.
    package static func load(
        _ text: some Sequence<UInt8>, path: String, environment: [String: String], files: SecretFiles = .none
    ) throws(InvalidConfiguration) -> (configuration: Configuration, warnings: [ConfigurationError]) {
        var reader = ConfigurationReader()
        let configuration = reader.read(Array(text), environment: environment, files: files)
        guard let configuration, !reader.problems.hasErrors else {
            throw InvalidConfiguration(errors: reader.problems.errors(in: path))
        }
        return (configuration, reader.problems.warnings(in: path))
    }
}

/// How many workers run.
package enum WorkerCount: Sendable, Hashable, CustomStringConvertible {
    /// As many as the CPUs that this process may use.
    case auto
    /// From 1 to `Bounds.workers`.
    case fixed(Int)

    /// As a configuration writes it.
    package var description: String {
        switch self {
        case .auto: "auto"
        case .fixed(let count): "\(count)"
        }
    }
}

/// When a worker that died is started again (`restart:`).
package struct RestartSettings: Sendable, Hashable {
    /// The pause before the first restart; it doubles with each further one.
    ///
    /// 100 ms: a single crash is hardly noticed.
    package var backoff: Duration = .milliseconds(100)
    /// Where the doubling ends.
    ///
    /// 15 s: a worker that cannot live costs next to nothing, and comes back soon after its cause is gone.
    package var backoffMax: Duration = .seconds(15)
    /// A worker that lived this long starts over with the first pause.
    ///
    /// 30 s: twice the longest pause, so that a worker which dies at once never counts as recovered.
    package var resetAfter: Duration = .seconds(30)
    /// Deaths within `period` that hold the slot and degrade the daemon.
    ///
    /// 10 in 60 s: the doubling alone allows about eight, so that only several causes at once reach it.
    package var intensity: Int = 10
    /// The window of `intensity`.
    package var period: Duration = .seconds(60)
    /// How long a slot is held before it is tried again.
    ///
    /// 60 s: as long as the window, so that the deaths that held it no longer count.
    package var hold: Duration = .seconds(60)

    package init() {}
}
