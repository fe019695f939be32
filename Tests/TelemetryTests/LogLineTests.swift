import Telemetry
import Testing

@Suite struct LogLineTests {
    @Test("a line is one JSON object with everything escaped")
    func lineOne() {
        var line = LogLine(time: "2026-01-01T00:00:00.000Z", level: .warning, event: "worker_exited")
        line.add("slot", 3)
        line.add("text", "a\"b\\c\n\u{1}ü")
        #expect(
            line.json == #"{"time":"2026-01-01T00:00:00.000Z","level":"warning","event":"worker_exited","slot":3,"#
                + #""text":"a\"b\\c\n\u0001ü"}"# + "\n")
    }
}
