import FanOut
import Glibc
import Loop
import Processes
import Scoreboard

/// The access log: a JSON line per request on standard output.
///
/// Lines are gathered for a moment and written by a queue of their own, so that a slow reader never stops the loop. What
/// it does not take in time is dropped, and the log says how much.
@LoopActor
final class AccessLog {
    private static let interval: Duration = .milliseconds(20)
    /// Bytes that may wait for the reader.
    private static let limit = 4 << 20

    private let slot: Int
    private let sink = LogSink(descriptor: STDOUT_FILENO)
    private var lines: [UInt8] = []
    private var isScheduled = false
    private var dropped = 0

    init(slot: Int) {
        self.slot = slot
    }

    func append(
        _ request: Request, client: String, id: String, route: Route?, status: Int, bytes: Int, elapsed: Duration,
        failed: [(name: String, failure: Failure)]
    ) {
        write { line in
            member("client", client, &line)
            member("request_id", id, &line)
            member("method", request.method, &line)
            member("target", request.target, &line)
            if let route { member("route", route.path.text, &line) }
            line.append(contentsOf: ",\"status\":\(status),\"bytes\":\(bytes),\"ms\":".utf8)
            JSONText.append(milliseconds: elapsed, to: &line)
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
    }

    /// A request that was refused before it could be read.
    func append(refused status: Int, client: String) {
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
        guard sink.waitingBytes + lines.count < Self.limit else {
            dropped += 1
            return
        }
        lines.append(contentsOf: "{\"time\":\"\(WallTime.now().rfc3339)\",\"worker\":\(slot)".utf8)
        if dropped > 0 {
            lines.append(contentsOf: ",\"lines_dropped\":\(dropped)".utf8)
            dropped = 0
        }
        members(&lines)
        lines.append(contentsOf: "}\n".utf8)
        schedule()
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
    }

    /// Writes what is left, at the end of the process.
    func close() {
        flush()
        sink.finish()
    }
}
