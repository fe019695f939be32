import Testing

@testable import Supervision

@Suite struct ControlCommandTests {
    @Test(
        "a known word is a command",
        arguments: ["status", " stats ", "stop\r", "drain\t", "reload", "restart", "restart 3", "scale\t4 "])
    func knownWord(text: String) {
        #expect(ControlCommand(line: Array(text.utf8)) != nil)
    }

    @Test(
        "any other line is none",
        arguments: ["", "Status", "status now", "status\0", "scale", "scale x", "scale 1 2", "restart all"])
    func anyOther(text: String) {
        #expect(ControlCommand(line: Array(text.utf8)) == nil)
    }

    @Test("an unknown command is answered with the known ones")
    func unknownCommand() {
        #expect(
            ControlCommand.unknownAnswer(to: Array("re\"load".utf8))
                == #"{"error":"unknown command 're\"load'; known are status, stats, why ID, stop, drain, reload, scale N, restart [ID], upgrade, log-level [LEVEL]"}"#
        )
    }
}
