import Telemetry

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
