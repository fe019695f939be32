import Foundation

/// A line of the supervisor's log.
struct LogEvent: Decodable, Sendable {
    var event: String
    var slot: Int?
    var pid: Int32?
    var reason: String?
    var message: String?
    /// Milliseconds until a planned restart.
    var wait: Int?
    var workers: Int?
    /// Requests that a process left unanswered.
    var inFlight: Int?
    /// What a process wrote that was no line of a log.
    var text: String?
    /// RFC 3339, in UTC.
    var time: String
    private var addressText: String?
    private var purposeText: String?

    var address: String { addressText ?? "" }
    var purpose: String { purposeText ?? "" }

    private enum CodingKeys: String, CodingKey {
        case event, slot, pid, reason, message, workers, time, text
        case inFlight = "in_flight"
        case wait = "after_ms"
        case addressText = "address"
        case purposeText = "for"
    }

    /// Nil when the line is no such thing.
    init?(_ line: String) {
        guard let event = try? JSONDecoder().decode(LogEvent.self, from: Data(line.utf8)) else { return nil }
        self = event
    }
}
