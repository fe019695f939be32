import Base
package import Configuration
import Glibc
import JSON
package import Processes
import Scoreboard
package import Telemetry

/// Where the daemon's log goes, in which form, and from which level on.
///
/// What nobody takes at once is dropped, counted and told: the supervisor waits for no reader.
package final class LogOutput {
    private let sink: ((String) -> Void)?
    private var file = LogFile(standard: STDERR_FILENO)
    private var form: LogForm
    private var settings = LogSettings()
    /// What `gatewayctl log-level` said; holds until a configuration with other settings of the log is in use.
    package private(set) var ordered: LogLevel?
    /// Lines that nobody took since the program started.
    package private(set) var dropped = 0
    private var untold = 0

    /// - Parameter sink: Takes the lines in place of standard error and of files, in a test.
    package init(_ sink: ((String) -> Void)? = nil) {
        self.sink = sink
        form = LogForm(.auto, isTerminal: file.isTerminal, isJournal: file.isJournal)
    }

    /// The least level that is written.
    package var level: LogLevel { ordered ?? settings.level }

    /// Writes from this level on, whatever the configuration says.
    package func order(_ level: LogLevel) { ordered = level }

    /// Writes as a configuration says from now on; where its file cannot be opened, to where it wrote before.
    package func use(_ new: LogSettings) throws(SystemError) {
        guard new != settings else { return }
        settings = new
        ordered = nil
        try open()
    }

    /// Opens the file again, which a program for rotation has renamed.
    package func reopen() throws(SystemError) {
        if settings.file != nil { try open() }
    }

    private func open() throws(SystemError) {
        if let path = settings.file {
            file = try LogFile(path: path)
        } else {
            file = LogFile(standard: STDERR_FILENO)
        }
        form = LogForm(settings.format, isTerminal: file.isTerminal, isJournal: file.isJournal)
    }

    /// Writes a line of JSON, with its end.
    package func write(_ line: String, _ level: LogLevel) {
        guard level >= self.level else { return }
        if let sink { return sink(line) }
        if untold > 0 {
            var news = LogLine(time: WallTime.now().rfc3339, level: .warning, event: "log_lines_dropped")
            news.add("lines", untold)
            guard put(news.json, .warning) else { return drop() }
            untold = 0
        }
        if !put(line, level) { drop() }
    }

    /// Passes on a line of a child: as it is where it is one of ours, else as an event with its text.
    package func passOn(_ line: String, wrapped: () -> LogLine) {
        if let level = LogForm.level(of: Array(line.utf8)) { return write(line, level) }
        if form.isText || sink != nil { return write(line, .error) }
        var event = wrapped()
        var text = line.dropLast()
        // Escapes make it longer, and a line that is cut would be JSON no more.
        while JSONText.quoted(String(text)).utf8.count > SupervisionLimits.logLine * 3 / 4 {
            text = text.prefix(text.count / 2)
        }
        event.add("text", String(text))
        write(event.json, .error)
    }

    private func drop() {
        dropped += 1
        untold += 1
    }

    private func put(_ line: String, _ level: LogLevel) -> Bool {
        var bytes = form.render(Array(line.utf8), level)
        if bytes.count > SupervisionLimits.logLine {
            bytes = form.render(Array(Self.cut(line, level).utf8), level)
        }
        return file.writeNow(bytes)
    }

    /// A line that is too long for a pipe to take in one piece, as one that is not: its beginning is a text in it.
    private static func cut(_ line: String, _ level: LogLevel) -> String {
        var short = LogLine(time: WallTime.now().rfc3339, level: level, event: "line_too_long")
        short.add("text", String(line.unicodeScalars.prefix(1_000).map(Character.init)))
        return short.json
    }
}
