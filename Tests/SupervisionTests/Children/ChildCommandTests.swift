import Testing

@testable import Supervision

@Suite struct ChildCommandTests {
    private let shared = ChildCommand.Shared(
        scoreboard: 10, scoreboardReadOnly: 11, configuration: 12, listeners: [13, 14], admin: 15)

    @Test("a worker is told its slot and its descriptors")
    func workerTold() {
        let command = ChildCommand.worker(
            slot: 3, row: 1, generation: 1, isOnTrial: false, channel: 20, shared: shared)
        #expect(
            command.arguments.joined(separator: " ")
                == "gatewayd worker --slot 3 --row 1 --generation 1 --channel 20 --scoreboard 10 --configuration 12 "
                + "--listener 13 --listener 14")
        let trial = ChildCommand.worker(
            slot: 3, row: 0, generation: 2, isOnTrial: true, channel: 20, shared: shared)
        #expect(trial.arguments.prefix(9).joined(separator: " ").hasSuffix("--row 0 --generation 2 --probe"))
        #expect(command.descriptors == [20, 10, 12, 13, 14])
    }

    @Test("the admin process gets the scoreboard that it cannot write")
    func adminProcess() {
        let command = ChildCommand.admin(channel: 20, shared: shared)
        #expect(
            command.arguments.joined(separator: " ")
                == "gatewayd admin --channel 20 --scoreboard 11 --configuration 12 --listener 15")
        #expect(command.descriptors == [20, 11, 12, 15])
    }

    @Test("a companion keeps its own arguments")
    func companionKeeps() {
        let companion = SupervisorOptions.Companion(
            name: "upstreams", arguments: ["upstreams", "--port", "9"], descriptors: [30])
        let command = ChildCommand.companion(companion, channel: 20)
        #expect(command.arguments == ["gatewayd", "upstreams", "--port", "9", "--channel", "20"])
        #expect(command.descriptors == [20, 30])
    }
}
