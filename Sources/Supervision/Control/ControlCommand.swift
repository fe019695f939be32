import JSON
package import Telemetry

/// What can be asked for over the control socket: one line per connection.
package enum ControlCommand: Sendable, Hashable {
    /// The state of the daemon and of each process.
    case status
    /// The whole document of GET /stats.
    case stats
    /// How a slow or failed request went, by its id.
    case why(String)
    /// Drain and exit, as TERM does; asked while draining, it kills.
    case stop
    /// Drain and exit; asked while draining, it changes nothing.
    case drain
    /// Read the configuration again and roll the workers to it, as HUP does.
    case reload
    /// Make it so many workers.
    case scale(Int)
    /// Replace the worker in this slot by a new one, or all with nil, with the same configuration.
    case restart(Int?)
    /// Put the program that lies at this one's path in its place, as USR2 does.
    case upgrade
    /// Log what is at least so, or with nil say from where on.
    case logLevel(LogLevel?)

    private static let known =
        "status, stats, why ID, stop, drain, reload, scale N, restart [ID], upgrade, log-level [LEVEL]"

    /// The command of a line without its end; nil for one that is unknown.
    ///
    /// Blanks around words do not matter.
    package init?(line: [UInt8]) {
        let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace).map(String.init)
        switch (words.first, words.count) {
        case ("status", 1): self = .status
        case ("stats", 1): self = .stats
        case ("stop", 1): self = .stop
        case ("drain", 1): self = .drain
        case ("reload", 1): self = .reload
        case ("restart", 1): self = .restart(nil)
        case ("upgrade", 1): self = .upgrade
        case ("why", 2): self = .why(words[1])
        case ("log-level", 1): self = .logLevel(nil)
        case ("log-level", 2):
            guard let level = LogLevel(rawValue: words[1]) else { return nil }
            self = .logLevel(level)
        case ("scale", 2), ("restart", 2):
            guard let number = Int(words[1]) else { return nil }
            self = words[0] == "scale" ? .scale(number) : .restart(number)
        default: return nil
        }
    }

    /// The answer to a line that is no command: a JSON document with `error`.
    package static func unknownAnswer(to line: [UInt8]) -> String {
        let text = String(String(decoding: line, as: UTF8.self).prefix(80))
        return errorAnswer("unknown command '\(text)'; known are \(known)")
    }

    /// A JSON document that says what is wrong.
    package static func errorAnswer(_ message: String) -> String {
        "{\"error\":\(JSONText.quoted(message))}"
    }
}
