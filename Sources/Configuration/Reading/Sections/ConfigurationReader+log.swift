import Base
import Telemetry

/// Reading of `log:`.
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
