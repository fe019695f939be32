import Telemetry
import Testing

/// How lines of the log leave.
@Suite struct LogFormTests {
    private static let line =
        #"{"time":"2026-01-01T00:00:00.000Z","level":"info","event":"ready","pid":7,"text":"a b\"\n","to":"x","n":{"a":1}}"#
        + "\n"

    private func render(_ form: LogForm, _ line: String = line, _ level: LogLevel = .info) -> String {
        String(decoding: form.render(Array(line.utf8), level), as: UTF8.self)
    }

    @Test func JSONLeavesAsItIs() {
        #expect(render(LogForm()) == Self.line)
    }

    @Test func textIsForPeople() {
        let expected = #"2026-01-01T00:00:00.000Z INFO    ready pid=7 text="a b\"\n" to=x n={"a":1}"# + "\n"
        #expect(render(LogForm(isText: true)) == expected)
        // No line can be begun, nor a terminal be commanded, by what a client sent.
        #expect(render(LogForm(isText: true)).split(separator: "\n").count == 1)
    }

    @Test(arguments: [(LogLevel.debug, "<7>"), (.info, "<6>"), (.warning, "<4>"), (.error, "<3>")])
    func theJournalHasPriorities(level: LogLevel, prefix: String) {
        #expect(render(LogForm(hasPriority: true), Self.line, level) == prefix + Self.line)
        #expect(render(LogForm(isText: true, hasPriority: true), Self.line, level).hasPrefix(prefix + "2026"))
    }

    @Test func whatIsNoJSONStaysAsItIs() {
        #expect(render(LogForm(isText: true), "Fatal error: x\n") == "Fatal error: x\n")
        #expect(LogForm.level(of: Array("Fatal error: x\n".utf8)) == nil)
        #expect(LogForm.level(of: Array("[1]\n".utf8)) == nil)
    }

    @Test func aLineNamesItsLevel() {
        #expect(LogForm.level(of: Array(#"{"level":"error"}"#.utf8)) == .error)
        #expect(LogForm.level(of: Array(#"{"a":"level","level":"odd"}"#.utf8)) == .info)
        #expect(LogForm.level(of: Array("{}".utf8)) == .info)
        #expect(LogLevel.debug < .info && LogLevel.warning < .error && !(LogLevel.error < .debug))
    }

    @Test func autoIsTextOnATerminalAlone() {
        #expect(LogForm(.auto, isTerminal: true, isJournal: false) == LogForm(isText: true))
        #expect(LogForm(.auto, isTerminal: false, isJournal: true) == LogForm(hasPriority: true))
        #expect(LogForm(.json, isTerminal: true, isJournal: false).isPlain)
        #expect(LogForm(.text, isTerminal: false, isJournal: false).isText)
    }
}
