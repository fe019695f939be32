import FanOut
import Loop
import Policy
import Testing

@testable import Upstream

@Suite struct QueueingTests {
    @Test("a call that was let in and runs out of time while its name is looked up leaves the line's count right")
    @LoopActor
    func queuedThenResolving() async {
        let lookups = HeldLookups()
        defer { lookups.answer("held.test", nil) }
        let engine = TransferEngine(
            Names(age: .seconds(10), timeout: .seconds(60), lookup: { lookups.lookUp($0) }), limit: 100)
        var settings = UpstreamSettings()
        settings.engine = .libcurl
        settings.admission.maxInFlight = 1
        settings.admission.maxQueue = 1
        let server = Server(isSecure: false, host: "held.test", port: 80, authority: "held.test", base: "")
        let endpoint = Endpoint(UpstreamServers([server], settings), TransferSettings(bodyLimit: 10, userAgent: ""))
        func call(_ milliseconds: Int) async -> OddAnswer.Verdict {
            await Call().result(of: "/", endpoint, engine, .milliseconds(milliseconds))
        }
        // The second one is let in when the first is over, and waits for the same name until its own time is up.
        async let first = call(50)
        async let second = call(150)
        #expect(await first == .failure(.timeout))
        #expect(await second == .failure(.timeout))
        // One is let in again, one waits, and there is no room for a third.
        async let one = call(200)
        async let two = call(200)
        async let three = call(200)
        let verdicts = await [one, two, three]
        #expect(verdicts.count { $0 == .failure(.overloaded) } == 1)
        #expect(verdicts.count { $0 == .failure(.timeout) } == 2)
    }
}
