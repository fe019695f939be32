import Access
import Base
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

extension ConfigurationReader {
    /// The content of `log`.
    mutating func log(in section: Section) -> LogSettings {
        var settings = LogSettings()
        let keys = ["format", "level", "file", "access_file", "sample", "slow"]
        guard let log = optionalSection("log", in: section, keys: keys) else { return settings }
        settings.format = scalar(ScalarKind<LogFormat>.word, "format", in: log) ?? settings.format
        settings.level = scalar(ScalarKind<LogLevel>.word, "level", in: log) ?? settings.level
        settings.file = scalar(.filePath, "file", in: log)
        settings.accessFile = scalar(.filePath, "access_file", in: log)
        settings.access.sample = scalar(.sampleRate, "sample", in: log) ?? settings.access.sample
        settings.access.slow = scalar(.duration, "slow", in: log)
        return settings
    }

    /// Says what has no effect without an access log.
    mutating func warnOfLog(_ configuration: Configuration, in section: Section) {
        guard !configuration.accessLog, let value = section["log"], case .mapping(let entries) = value.content else {
            return
        }
        for entry in entries where ["access_file", "sample", "slow"].contains(entry.key) {
            problems.warning("'\(entry.key)' has a meaning only with 'access_log: true'", at: entry.keyPlace)
        }
    }
}

extension ScalarKind where Value == SampleRate {
    /// A part of all, from none to all.
    static var sampleRate: Self {
        let wanted = "a percentage from 0% to 100% such as 1% or 0.1%"
        return ScalarKind(wanted: wanted) { text throws(Refusal) in
            guard let rate = SampleRate(text) else { throw Refusal(wanted: wanted) }
            return rate
        }
    }
}

extension LogSettings {
    /// What differs from the defaults, for `gatewayd check`; nil where nothing does.
    var summary: String? {
        guard self != LogSettings() else { return nil }
        var traits = ["\(format.rawValue)", "level \(level.rawValue)"]
        if let file { traits.append("to \(file)") }
        if let accessFile { traits.append("access log to \(accessFile)") }
        if access.sample != .all { traits.append("\(access.sample) of requests") }
        if let slow = access.slow { traits.append("slow from \(slow.configurationText)") }
        return traits.joined(separator: ", ")
    }
}
