import Telemetry

extension LogSettings {
    static let keys: [Key<LogSettings>] = {
        let row = Rows(LogSettings())
        return [
            row.plain("format", \.format, .word, "`auto`: text on a terminal, JSON elsewhere"),
            row.plain(
                "level", \.level, .word,
                """
                of the daemon's log: what matters less is left out. `gatewayctl log-level debug` changes it at \
                run time in all processes, until a reload with other settings of the log
                """),
            row.maybe(
                "file", \.file, .filePath, "standard error",
                "the daemon's log, for example `/var/log/gatewayd/gatewayd.log`"),
            row.maybe("access_file", \.accessFile, .filePath, "standard output", "the access log"),
            row.plain(
                "sample", \.access.sample, .sampleRate,
                """
                the part of requests that the access log has. Those of status 500 or more, with a call that \
                failed, or slow are there always
                """, type: "percentage, such as `0.5%`"
            ).filled { $0.above["access_log"]?.isFalse != true },
            row.maybe(
                "slow", \.access.slow, .duration, "half of the route's time", "from when on a request counts as slow"),
        ]
    }()
}

extension TracingSettings {
    static let keys: [Key<TracingSettings>] = {
        let row = Rows(TracingSettings(endpoint: .collector))
        return [
            row.own(
                .required(
                    "endpoint", .scalar(.collector), said: "required",
                    "where spans are posted to, for example `http://127.0.0.1:4318/v1/traces`")
            ),
            row.plain(
                "sample", \.sample, .sampleRate,
                """
                how many of the requests that come without a `traceparent` are recorded; one that has it is \
                recorded when its flag says so
                """),
            row.plain("service", \.service, .text("a name such as gatewayd"), "`service.name` of all spans"),
            row.own(
                KeyRow(
                    "headers", .texts("mapping of names to values", .secrets(all: true)), .said(""),
                    "fields of each post; a value may be `file:/PATH`")
            ) { $2.headers = $0.tracingFields(in: $1) },
        ]
    }()
}
