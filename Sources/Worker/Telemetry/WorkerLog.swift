import Base
import Glibc
import JSON
import Loop
import Processes
import Scoreboard
import Telemetry

/// A worker's part of the daemon's log: lines on standard error in the form of the supervisor's, which passes them on.
@LoopActor
enum WorkerLog {
    /// The least level that is written.
    static var level = LogLevel.info
    private static let file = LogFile(standard: STDERR_FILENO)

    /// The members of a line that are added to time, level, event and process.
    struct Line {
        fileprivate var bytes: [UInt8] = []

        mutating func add(_ key: StaticString, _ value: String) {
            begin(key)
            JSONText.append(string: value, to: &bytes)
        }

        mutating func add(_ key: StaticString, _ value: Int) {
            begin(key)
            JSONText.append(value, to: &bytes)
        }

        mutating func add(_ key: StaticString, _ values: [String]) {
            begin(key)
            for (index, value) in values.enumerated() {
                bytes.append(UInt8(ascii: index == 0 ? "[" : ","))
                JSONText.append(string: value, to: &bytes)
            }
            bytes.append(contentsOf: (values.isEmpty ? "[]" : "]").utf8)
        }

        fileprivate mutating func begin(_ key: StaticString) {
            bytes.append(contentsOf: ",\"\(key)\":".utf8)
        }
    }

    /// Writes one line at once, so that lines of several workers do not mix; one that nobody takes is lost, for a worker
    /// waits for no reader.
    static func write(_ event: StaticString, _ level: LogLevel, _ members: (inout Line) -> Void) {
        guard level >= self.level else { return }
        var line = Line()
        line.bytes.append(contentsOf: "{\"time\":\"\(WallTime.now().rfc3339)\",\"level\":\"\(level.rawValue)\"".utf8)
        line.bytes.append(contentsOf: ",\"event\":\"\(event)\",\"worker_pid\":\(getpid())".utf8)
        members(&line)
        line.bytes.append(contentsOf: "}\n".utf8)
        _ = file.writeNow(line.bytes)
    }
}
