import Base
import Telemetry

/// Reading of `log:`.
extension ConfigurationReader {
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
        return ScalarKind(wanted: wanted, type: "percentage", schema: .pattern(#"^[0-9]+(\.[0-9]+)?%$"#)) {
            text throws(Refusal) in
            guard let rate = SampleRate(text) else { throw Refusal(wanted: wanted) }
            return rate
        }
    }
}
