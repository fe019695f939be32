import Foundation

/// Holds what clients saw against what the daemon logged: every request without an answer must have a reason.
struct ChaosAccount {
    /// A worker that ended otherwise than by its own will.
    struct Kill {
        var slot: Int
        var at: Date
        var inFlight: Int
    }

    /// From a worker's end to its clients' knowledge, and from its end to the log's line, on a busy machine.
    private static let slack: TimeInterval = 2

    let kills: [Kill]
    /// By the client's port: the slots of the workers that answered it, with the times.
    private let answers: [UInt16: [(at: Date, slot: Int)]]

    /// - Parameters:
    ///   - events: The supervisor's log.
    ///   - accessLog: The workers' lines.
    init(events: [LogEvent], accessLog: [String]) {
        kills = events.compactMap { event in
            guard event.event == "worker_exited" || event.event == "worker_start_failed", event.reason != "exit 0",
                event.reason != "recycled", let slot = event.slot, let at = Self.date(event.time)
            else { return nil }
            return Kill(slot: slot, at: at, inFlight: event.inFlight ?? 0)
        }
        answers = Dictionary(grouping: accessLog.compactMap(Self.answer), by: \.port)
            .mapValues { $0.map { ($0.at, $0.slot) } }
    }

    /// Requests that killed workers had begun and not answered.
    var lost: Int { kills.reduce(0) { $0 + $1.inFlight } }

    /// The failures that no killed worker explains.
    ///
    /// - Parameter isDirect: Whether the clients' ports are those that the workers saw; nginx has ports of its own.
    func unexplained(_ failures: [ChaosClients.Failure], isDirect: Bool) -> [ChaosClients.Failure] {
        failures.filter { failure in
            let near = kills.filter { abs($0.at.timeIntervalSince(failure.at)) < Self.slack }
            guard isDirect, let port = failure.port, let slot = slot(of: port, before: failure.at) else {
                // Which worker had it is not known, as it has answered nothing on this connection.
                return near.isEmpty || failure.port == nil
            }
            return !near.contains { $0.slot == slot }
        }
    }

    private func slot(of port: UInt16, before time: Date) -> Int? {
        answers[port]?.last { $0.at <= time }?.slot
    }

    private struct Answer: Decodable {
        var time: String
        var worker: Int
        var client: String
    }

    private static func answer(_ line: String) -> (port: UInt16, at: Date, slot: Int)? {
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(line.utf8)), let at = date(answer.time),
            let port = answer.client.split(separator: ":").last.flatMap({ UInt16($0) })
        else { return nil }
        return (port, at, answer.worker)
    }

    private static func date(_ text: String) -> Date? {
        try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
