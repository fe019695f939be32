import ArgumentParser
import Base
import FoundationEssentials

/// `gatewayctl why REQUEST-ID`: how a slow or failed request went.
struct Why: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show how a recent request went that was slow, or of which a call failed.",
        discussion: """
            Each worker remembers its last 64 that took more than half of their route's time or had a failed call. \
            Exit codes: 0 done, 1 none of that id is remembered, 69 no daemon answers.
            """)

    @OptionGroup var control: ControlOptions
    @Argument(help: "The request's id: X-Request-Id of its answer, request_id in the access log.") var id: String

    func run() throws {
        guard !id.isEmpty, !id.contains(where: \.isWhitespace) else {
            throw ValidationError("a request's id has no blanks")
        }
        let answer = try control.ask("why \(id)")
        guard let record = try? JSONDecoder().decode(TimeLine.self, from: Data(answer.utf8)) else {
            let refusal = try? JSONDecoder().decode(Refusal.self, from: Data(answer.utf8))
            Terminal.error("gatewayctl: \(refusal?.error ?? String(answer.prefix(200)))")
            throw ExitCode(1)
        }
        print(control.json ? answer : record.text, terminator: "")
    }

    private struct Refusal: Decodable {
        var error: String
    }
}

/// A request as its worker wrote it down.
struct TimeLine: Decodable {
    var request_id: String
    var at: String
    var method: String
    var route: String
    var worker: Int
    var status: Int
    var ms: Double
    var calls: [Call]
    var left_out: Int

    /// Columns of the bar that shows when a call ran.
    private static let width = 40

    /// A line for the request, and one for each call with a bar from its start to its end.
    var text: String {
        let total = max(ms, calls.map { $0.start_ms + $0.ms }.max() ?? 0, 0.1)
        var rows = [["call", "start", "ms", "result", "attempts", "server", ""]]
        for call in calls {
            let result =
                call.error.map { error in call.status.map { "\(error) \($0)" } ?? error } ?? "\(call.status ?? 0)"
            rows.append([
                call.name, "\(call.start_ms)", "\(call.ms)", result, "\(call.attempts)", call.server ?? "-",
                bar(call, of: total),
            ])
        }
        let lines = TextColumns.lines(rows)
        let rest = left_out > 0 ? "\(left_out) more calls had no room in the record\n" : ""
        return "\(request_id)  \(method) \(route)  \(status) after \(ms) ms, \(at), worker \(worker)\n"
            + lines.joined(separator: "\n") + "\n" + rest
    }

    private func bar(_ call: Call, of total: Double) -> String {
        let start = min(Self.width - 1, max(0, Int(call.start_ms / total * Double(Self.width))))
        let length = min(Self.width - start, max(1, Int(call.ms / total * Double(Self.width) + 0.5)))
        return String(repeating: " ", count: start) + String(repeating: "=", count: length)
    }
}

extension TimeLine {
    /// A call of the request.
    struct Call: Decodable {
        var name: String
        var start_ms: Double
        var ms: Double
        var status: Int?
        var error: String?
        var attempts: Int
        var server: String?
    }
}
