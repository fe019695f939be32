import Access
import Base
import Configuration
import FanOut
import Glibc
import HTTP
import JSON
import Loop
import Policy
import Processes
import Scoreboard
import Telemetry

/// The access log: a JSON line for a request on standard output or in a file.
///
/// Lines are gathered for a moment and written by a queue of their own, so that a slow reader never stops the loop. What
/// it does not take in time is dropped and counted, and both logs say how much.
@LoopActor
final class AccessLog {
    private static let interval: Duration = .milliseconds(20)
    /// Bytes that may wait for the reader.
    private static let limit = 4 << 20
    /// Between two lines in the daemon's log about what was dropped.
    private static let tellingInterval: Duration = .seconds(10)

    private let slot: Int
    private let settings: LogSettings
    private let counters: WorkerCounters
    private var sink: LogSink
    private var form: LogForm
    private var lines: [UInt8] = []
    private var isScheduled = false
    /// Since the log of the name said so last.
    private var dropped = (here: 0, daemon: 0)
    private var toldAt: MonotonicTime?
    private var random = SplitMix64(seed: .random(in: .min ... .max))

    init(slot: Int, _ settings: LogSettings, _ counters: WorkerCounters) throws(SystemError) {
        self.slot = slot
        self.settings = settings
        self.counters = counters
        let file = try Self.open(settings)
        sink = LogSink(file)
        form = LogForm(settings.format, isTerminal: file.isTerminal, isJournal: file.isJournal)
    }

    private static func open(_ settings: LogSettings) throws(SystemError) -> LogFile {
        guard let path = settings.accessFile else { return LogFile(standard: STDOUT_FILENO) }
        return try LogFile(path: path)
    }

    /// Leaves a file that was renamed for a new one; what was written before goes where it was meant to.
    func reopen() {
        guard settings.accessFile != nil else { return }
        flush()
        do throws(SystemError) {
            sink = LogSink(try Self.open(settings))
        } catch {
            WorkerLog.write("access_log_reopen_failed", .error) { $0.add("message", error.description) }
        }
    }

    func append(
        _ exchange: Exchange, _ answered: AnsweredRequest, client: String, status: Int, elapsed: Duration
    ) {
        let (request, mark) = (exchange.request, exchange.mark)
        let bytes = answered.streamedBytes ?? answered.response.body.count
        let isWritten = settings.access.writes(
            status: status, hasFailures: !answered.failed.isEmpty, elapsed: elapsed, limit: exchange.route?.timeout,
            random: random.next())
        guard isWritten else { return }
        write { line in
            member("client", client, &line)
            member("request_id", mark.id, &line)
            if let trace = mark.recorded { member("trace_id", trace.context.traceID, &line) }
            member("method", request.method, &line)
            member("target", request.target, &line)
            if let key = request.keyName { member("api_key", key, &line) }
            if let route = exchange.route { member("route", route.path.text, &line) }
            line.append(contentsOf: ",\"status\":\(status),\"bytes\":\(bytes),\"ms\":".utf8)
            JSONText.append(milliseconds: elapsed, to: &line)
            append(answered.calls, to: &line)
            append(failed: answered.failed, to: &line)
        }
    }

    /// How long each call took, by name.
    private func append(_ calls: AnsweredRequest.Calls?, to line: inout [UInt8]) {
        guard let calls else { return }
        line.append(contentsOf: ",\"calls_ms\":{".utf8)
        for (index, outcome) in calls.outcomes.enumerated() {
            if index > 0 { line.append(UInt8(ascii: ",")) }
            JSONText.append(string: calls.service.route.calls[index].name, to: &line)
            line.append(UInt8(ascii: ":"))
            JSONText.append(milliseconds: outcome.elapsed, to: &line)
        }
        line.append(UInt8(ascii: "}"))
    }

    private func append(failed: [(name: String, failure: Failure)], to line: inout [UInt8]) {
        guard !failed.isEmpty else { return }
        line.append(contentsOf: ",\"failed\":{".utf8)
        for (index, call) in failed.enumerated() {
            if index > 0 { line.append(UInt8(ascii: ",")) }
            JSONText.append(string: call.name, to: &line)
            line.append(UInt8(ascii: ":"))
            JSONText.append(string: call.failure.name, to: &line)
        }
        line.append(UInt8(ascii: "}"))
    }

    /// A request that was refused before it could be read.
    func append(refused status: Int, client: String) {
        guard
            settings.access.writes(
                status: status, hasFailures: false, elapsed: .zero, limit: nil, random: random.next())
        else { return }
        write { line in
            member("client", client, &line)
            line.append(contentsOf: ",\"status\":\(status)".utf8)
        }
    }

    private func member(_ name: StaticString, _ value: String, _ line: inout [UInt8]) {
        line.append(contentsOf: ",\"\(name)\":".utf8)
        JSONText.append(string: value, to: &line)
    }

    private func write(_ members: (inout [UInt8]) -> Void) {
        guard sink.waitingBytes + lines.count < Self.limit else { return drop(1) }
        guard form.isPlain else {
            var line: [UInt8] = []
            add(members, to: &line)
            lines.append(contentsOf: form.render(line, .info))
            return schedule()
        }
        add(members, to: &lines)
        schedule()
    }

    private func add(_ members: (inout [UInt8]) -> Void, to lines: inout [UInt8]) {
        lines.append(contentsOf: "{\"time\":\"\(WallTime.now().rfc3339)\",\"worker\":\(slot)".utf8)
        if dropped.here > 0 {
            lines.append(contentsOf: ",\"lines_dropped\":\(dropped.here)".utf8)
            dropped.here = 0
        }
        members(&lines)
        lines.append(contentsOf: "}\n".utf8)
    }

    private func schedule() {
        guard !isScheduled else { return }
        isScheduled = true
        LoopTimer.once(at: .now() + Self.interval) { [self] in flush() }
    }

    private func flush() {
        isScheduled = false
        sink.write(lines)
        lines = []
        let lost = sink.takeLost()
        if lost > 0 { drop(lost) }
    }

    private func drop(_ count: Int) {
        counters.count(.linesDropped, count)
        dropped.here += count
        dropped.daemon += count
        let now = MonotonicTime.now()
        if let toldAt, now.since(toldAt) < Self.tellingInterval { return }
        toldAt = now
        WorkerLog.write("access_log_lines_dropped", .warning) { $0.add("lines", dropped.daemon) }
        dropped.daemon = 0
    }

    /// Writes what is left, at the end of the process.
    func close() {
        flush()
        sink.finish()
    }
}
