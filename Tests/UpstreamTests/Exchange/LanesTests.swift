import FanOut
import Loop
import Policy
import Processes
import Testing

@testable import Upstream

/// The corpus of odd answers, through both lanes: libcurl is the oracle of what is to be refused.
@Suite(.timeLimit(.minutes(2))) @LoopActor struct LanesTests {
    /// Cases at once.
    private static let batch = 64

    /// What the two lanes made of a case, and whether they kept its connection.
    private struct Outcome {
        var answer: OddAnswer
        var plain: Lane
        var curl: Lane
    }

    private struct Lane {
        var verdict: OddAnswer.Verdict
        /// The next request went out on the same connection.
        var isKept: Bool
        /// What the next request came to.
        var next: OddAnswer.Verdict
    }

    /// Runs all cases, so many at once, each and each lane with an engine of its own: connections are theirs alone.
    private func run(_ answers: [OddAnswer]) async throws -> [Outcome] {
        let server = try await OddServer.start(answers)
        var outcomes: [Outcome] = []
        for start in stride(from: 0, to: answers.count, by: Self.batch) {
            let runs = answers.indices[start..<min(start + Self.batch, answers.count)].map { index in
                Task { @LoopActor in
                    async let plain = Self.lane("plain", index, answers[index].plain, server)
                    async let curl = Self.lane("curl", index, answers[index].curl, server)
                    return await Outcome(answer: answers[index], plain: plain, curl: curl)
                }
            }
            for run in runs { outcomes.append(await run.value) }
        }
        try await server.stop()
        return outcomes
    }

    private static func lane(
        _ name: String, _ index: Int, _ expected: OddAnswer.Verdict, _ server: OddServer
    ) async -> Lane {
        let engine = TransferEngine(Names(age: .seconds(1), timeout: .seconds(1)), limit: 8)
        var settings = UpstreamSettings()
        settings.engine = name == "curl" ? .libcurl : .auto
        let address = Server(
            isSecure: false, host: "127.0.0.1", port: server.port, authority: "127.0.0.1:\(server.port)", base: "")
        let endpoint = Endpoint(
            UpstreamServers([address], settings), TransferSettings(bodyLimit: OddAnswer.bodyLimit, userAgent: "test"))
        // Long enough for a busy machine; only what never ends is waited for in vain.
        let timeout: Duration = expected == .timeout ? .milliseconds(500) : .seconds(20)
        let verdict = await Call().result(of: "/\(name)/\(index)", endpoint, engine, timeout)
        let next = await Call().result(of: "/\(name)/\(index)/after", endpoint, engine, .seconds(20))
        let first = server.connections(of: "/\(name)/\(index)").last
        let second = server.connections(of: "/\(name)/\(index)/after").last
        return Lane(verdict: verdict, isKept: first == second, next: next)
    }

    @Test("each odd answer comes to what the table says, in each lane, and the next request gets its own answer")
    func corpus() async throws {
        let outcomes = try await run(OddAnswer.all)
        for outcome in outcomes {
            let name = outcome.answer.name
            #expect(outcome.plain.verdict == outcome.answer.plain, "plain: \(name)")
            #expect(outcome.curl.verdict == outcome.answer.curl, "libcurl: \(name)")
            #expect(outcome.plain.next == .ok(OddServer.afterword), "plain, next: \(name)")
            #expect(outcome.curl.next == .ok(OddServer.afterword), "libcurl, next: \(name)")
            // A connection that libcurl would not use again is not used again; the other way round it may be careful.
            #expect(!outcome.plain.isKept || outcome.curl.isKept, "kept by the plain lane alone: \(name)")
        }
    }

    @Test("in the table the plain lane refuses whatever libcurl refuses, and no body differs where both succeed")
    func table() {
        #expect(Set(OddAnswer.all.map(\.name)).count == OddAnswer.all.count)
        #expect(OddAnswer.all.count >= 200)
        for answer in OddAnswer.all {
            switch (answer.plain, answer.curl) {
            case (.response, .failure): Issue.record("only libcurl refuses: \(answer.name)")
            case (.response, .response): #expect(answer.plain == answer.curl, "\(answer.name)")
            case (.failure, .response): break
            // libcurl waits for more of what is refused already, or for the end of a body that has two lengths.
            case (.protocol, .timeout): break
            case (.failure, .failure): #expect(answer.plain == answer.curl, "\(answer.name)")
            }
        }
    }
}
