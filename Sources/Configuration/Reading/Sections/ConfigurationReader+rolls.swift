import HTTP

/// Reading of `reload:` and `recycle:`.
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
