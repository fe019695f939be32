import HTTP

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

extension ConfigurationReader {
    /// The content of `reload`.
    mutating func reload(in section: Section) -> ReloadSettings {
        var settings = ReloadSettings()
        guard let section = optionalSection("reload", in: section, keys: ["canary", "probe"]) else { return settings }
        settings.canary = scalar(.duration, "canary", in: section) ?? settings.canary
        settings.probe = scalar(.probePath, "probe", in: section)
        return settings
    }

    /// The content of `recycle`.
    mutating func recycle(in section: Section) -> RecycleSettings {
        var settings = RecycleSettings()
        let keys = ["max_requests", "max_lifetime", "max_rss"]
        guard let section = optionalSection("recycle", in: section, keys: keys) else { return settings }
        settings.maxRequests = scalar(.count(1...Bounds.recycleRequests), "max_requests", in: section)
        settings.maxLifetime = scalar(.duration, "max_lifetime", in: section)
        settings.maxRSS = scalar(.size(upTo: Bounds.recycleBytes), "max_rss", in: section)
        return settings
    }
}

extension ScalarKind where Value == String {
    /// A path of the gateway's own that GET can be asked for.
    fileprivate static var probePath: Self {
        let wanted = "a path such as /page/1"
        return ScalarKind(wanted: wanted) { text throws(Refusal) in
            guard text.hasPrefix("/"), RequestTarget(text) != nil else { throw Refusal(wanted: wanted) }
            return text
        }
    }
}
