import Base
import FanOut
import HTTP
import Loop
import Policy
import Processes
import Testing

@testable import Upstream

/// A name that leads somewhere else each time it is looked up (DNS rebinding).
@Suite(.timeLimit(.minutes(5))) @LoopActor struct RebindingTests {
    private let allowed = IPAddress.v4(0x7F00_0001)
    private let forbidden = IPAddress.v4(0x7F00_0002)

    /// Answers lookups with the addresses given, in turn.
    private func names(_ turns: [[IPAddress]]) -> Names {
        let count = Locked(0)
        return Names(
            age: .milliseconds(1), timeout: .seconds(10),
            lookup: { _ in
                count.withLock { count in
                    defer { count += 1 }
                    return turns[count % turns.count]
                }
            })
    }

    /// An endpoint as a batch has it.
    private func endpoint(permits: @escaping (IPAddress) -> Bool) -> Endpoint {
        Endpoint(
            UpstreamServers([], UpstreamSettings()), TransferSettings(bodyLimit: 1_000, userAgent: "test"),
            permits: { address, _ in permits(address) })
    }

    /// Fetches a URL so often, one after the other, and returns what came of it.
    private func fetch(
        _ url: HTTPURL, _ endpoint: Endpoint, _ engine: TransferEngine, times: Int
    ) async -> [OddAnswer.Verdict] {
        var verdicts: [OddAnswer.Verdict] = []
        for _ in 0..<times {
            verdicts.append(await Call().result(of: "", endpoint, engine, .seconds(20), url: url))
            // Longer than names are kept.
            let now = MonotonicTime.now()
            while MonotonicTime.now().since(now) < .milliseconds(2) { await Task.yield() }
        }
        return verdicts
    }

    @Test("the address connected to is the one that was checked, whatever the name says a moment later")
    func flipping() async throws {
        let good = try await OddServer.start([])
        let evil = try await OddServer.start([], host: "127.0.0.2", port: good.port)
        let engine = TransferEngine(names([[allowed], [forbidden], [forbidden, allowed]]), limit: 100)
        let url = try HTTPURL("http://rebind.test:\(good.port)/after")
        let verdicts = await fetch(url, endpoint { $0 == allowed }, engine, times: 60)
        #expect(Set(verdicts) == [.ok(OddServer.afterword), .failure(.forbidden)])
        #expect(!good.connections(of: "/after").isEmpty)
        #expect(evil.count == 0)
        try await good.stop()
        try await evil.stop()
    }

    @Test("a connection that another route made to an address which is not allowed here is not used here")
    func otherRoute() async throws {
        let good = try await OddServer.start([])
        let evil = try await OddServer.start([], host: "127.0.0.2", port: good.port)
        let engine = TransferEngine(names([[forbidden]] + Array(repeating: [allowed], count: 1_000)), limit: 100)
        let url = try HTTPURL("http://rebind.test:\(good.port)/after")
        // A route that may go everywhere leaves a connection open behind it.
        #expect(await fetch(url, endpoint { _ in true }, engine, times: 1) == [.ok(OddServer.afterword)])
        #expect(evil.connections(of: "/after").count == 1)
        let verdicts = await fetch(url, endpoint { $0 == allowed }, engine, times: 2)
        #expect(verdicts == [.ok(OddServer.afterword), .ok(OddServer.afterword)])
        #expect(evil.connections(of: "/after").count == 1)
        try await good.stop()
        try await evil.stop()
    }
}
