/// How workers are replaced by those of another configuration (`reload:`).
package struct ReloadSettings: Sendable, Hashable {
    /// How long the first new worker has to serve before the others follow.
    ///
    /// 1 s: a configuration that kills its worker does so with the first requests, and a reload is over soon.
    package var canary: Duration = .seconds(1)
    /// The path that each new worker asks itself for before it counts as fit; a status of 500 or more stops the reload.
    ///
    /// Without one it answers a request that no upstream hears of.
    package var probe: String?

    package init() {}
}

/// When a worker has served for long enough and makes way for a new one (`recycle:`).
///
/// Nothing is set by default: a worker leaks nothing that we know of.
package struct RecycleSettings: Sendable, Hashable {
    /// Requests that it has begun.
    package var maxRequests: Int?
    /// Since it was started.
    package var maxLifetime: Duration?
    /// Bytes of memory that it holds in RAM, shared pages included.
    package var maxRSS: Int?

    package init() {}

    /// Whether it ever happens.
    package var isOn: Bool { self != RecycleSettings() }
}
