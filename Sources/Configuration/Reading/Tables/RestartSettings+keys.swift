extension RestartSettings {
    static let keys: [Key<RestartSettings>] = {
        let row = Rows(RestartSettings())
        return [
            row.plain(
                "backoff", \.backoff, .duration,
                """
                the pause before a restart (half of it to all of it, at random); doubles with each death in a \
                row
                """),
            row.plain("backoff_max", \.backoffMax, .duration, "where the doubling ends"),
            row.plain(
                "reset_after", \.resetAfter, .duration,
                "who served so long is restarted at once, and the row begins anew"),
            row.plain(
                "intensity", \.intensity, .count(1...Bounds.intensity),
                """
                so many deaths within `restart.period` hold the worker back for `restart.hold`; the daemon is \
                `degraded`
                """),
            row.plain("period", \.period, .duration, "the window of `restart.intensity`"),
            row.plain("hold", \.hold, .duration, "how long it is held back before it is tried again"),
        ]
    }()
}

extension ReloadSettings {
    static let keys: [Key<ReloadSettings>] = {
        let row = Rows(ReloadSettings())
        return [
            row.plain(
                "canary", \.canary, .duration, "how long the first new worker has to live before the others follow"),
            row.maybe(
                "probe", \.probe, .probePath, "not set",
                """
                what each new worker asks itself for; a status of 500 or more stops the reload. Not set: a \
                request that no upstream hears of
                """),
        ]
    }()
}

extension RecycleSettings {
    static let keys: [Key<RecycleSettings>] = {
        let row = Rows(RecycleSettings())
        return [
            row.maybe(
                "max_requests", \.maxRequests, .count(1...Bounds.recycleRequests), "not set",
                "a worker is replaced after so many requests; up to a tenth earlier, at random", type: "1 to 10¹²"),
            row.maybe(
                "max_lifetime", \.maxLifetime, .duration, "not set", "after so long; up to a tenth earlier, at random"),
            row.maybe(
                "max_rss", \.maxRSS, .size(upTo: Bounds.recycleBytes), "not set",
                "when it holds so much memory, shared pages included",
                type: "size, to 1TiB"),
        ]
    }()
}
