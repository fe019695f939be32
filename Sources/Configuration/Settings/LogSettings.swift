package import Telemetry

/// What is written to logs, how and where (`log:`).
package struct LogSettings: Sendable, Hashable {
    package var format = LogFormat.auto
    /// Of the daemon's log; what matters less is left out.
    package var level = LogLevel.info
    /// The file of the daemon's log; nil: standard error.
    package var file: String?
    /// The file of the access log; nil: standard output.
    package var accessFile: String?
    /// Which requests the access log has.
    package var access = AccessLogRule()

    package init() {}

    /// Whether there is anything to reopen.
    package var hasFiles: Bool { file != nil || accessFile != nil }
}
