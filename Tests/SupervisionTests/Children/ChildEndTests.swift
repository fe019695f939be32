import Testing

@testable import Supervision

@Suite struct ChildEndTests {
    @Test("an end that nobody asked for is a crash, and so is a signal while it leaves, but for the kill at the limit")
    func crashes() {
        for (reason, next, isCrash) in [
            ("signal SIGSEGV", .restart(after: .zero), true), ("signal SIGKILL", .restart(after: .zero), true),
            ("exit 0", .restart(after: .seconds(1)), true), ("unresponsive", .hold(for: .seconds(60)), true),
            ("signal SIGSEGV", .nothing, true), ("signal SIGKILL", .nothing, false), ("exit 1", .nothing, false),
            ("exit 0", .nothing, false), ("recycled", .nothing, false), ("unresponsive", .nothing, false),
            (nil, .restart(after: .zero), false),
        ] as [(String?, ChildEnd.Next, Bool)] {
            #expect(
                ChildEnd(reason: reason, beforeReady: false, next: next).isCrash == isCrash,
                "\(reason ?? "not spawned"), \(next)")
        }
    }

    @Test("only an exit with 0 that was asked for is expected")
    func expected() {
        #expect(ChildEnd(reason: "exit 0", beforeReady: false, next: .nothing).isExpected)
        #expect(!ChildEnd(reason: "exit 0", beforeReady: false, next: .restart(after: .zero)).isExpected)
        #expect(!ChildEnd(reason: "exit 1", beforeReady: false, next: .nothing).isExpected)
        #expect(!ChildEnd(reason: nil, beforeReady: true, next: .nothing).isExpected)
    }
}
