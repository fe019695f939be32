import FanOut
import Policy
import TestSupport
import Testing

/// How far a fan-out is, and what its failures decide.
@Suite struct FanOutStateTests {
    private static func success(_ json: String) throws -> Outcome {
        .success(status: 200, part: try #require(Part(Array(json.utf8), as: .json, needsObject: false)))
    }

    private static func failed(_ failure: Failure) -> Settled {
        Settled(.failure(failure, status: nil), elapsed: .milliseconds(1))
    }

    @Test func itFinishesWithTheLastCallAndOnlyThen() throws {
        var state = FanOutState(calls: 3)
        let settled = Settled(try Self.success("1"), elapsed: .zero)
        #expect(state.settle(1, settled, isRequired: false) == .wait)
        #expect(state.settle(2, settled, isRequired: false) == .wait)
        #expect(state.settle(0, settled, isRequired: false) == .finish)
    }

    @Test func whatComesForASettledCallIsIgnored() throws {
        var state = FanOutState(calls: 2)
        let first = Settled(try Self.success("1"), elapsed: .milliseconds(1))
        #expect(state.settle(0, first, isRequired: true) == .wait)
        #expect(state.settle(0, Self.failed(.timeout), isRequired: true) == .wait)
        #expect(state.outcomes[0] == first)
        #expect(state.deciding == nil)
        #expect(state.settle(1, first, isRequired: true) == .finish)
        #expect(state.settle(1, Self.failed(.reset), isRequired: true) == .wait)
        #expect(state.deciding == nil)
    }

    @Test func aCallThatIsStillOpenCountsAsCancelled() {
        #expect(FanOutState(calls: 1).outcomes == [Settled(.failure(.cancelled, status: nil), elapsed: .zero)])
    }

    @Test("what failed is known without a look at each call")
    func failures() {
        let good = Settled(.success(status: 200, part: .null), elapsed: .zero)
        var state = FanOutState(calls: 3)
        _ = state.settle(0, good, isRequired: false)
        #expect(!state.hasFailures && state.tellsOfLoad)
        _ = state.settle(1, Settled(.failure(.timeout, status: nil), elapsed: .zero), isRequired: false)
        #expect(state.hasFailures && state.tellsOfLoad)
        _ = state.settle(2, Settled(.failure(.cancelled, status: nil), elapsed: .zero), isRequired: false)
        #expect(state.hasFailures && !state.tellsOfLoad)
    }

    @Test(arguments: UInt64(1)...50)
    func theOrderOfSettlingNeverChangesTheOutcomes(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let settled = try (0..<6).map { index in
            random.chance(1, of: 2)
                ? Settled(try Self.success("\(index)"), elapsed: .milliseconds(index))
                : Settled(.failure(random.pick(Failure.allCases), status: nil), elapsed: .milliseconds(index))
        }
        var state = FanOutState(calls: settled.count)
        var actions: [FanOutState.Action] = []
        for index in settled.indices.shuffled(using: &random) {
            actions.append(state.settle(index, settled[index], isRequired: random.chance(1, of: 2)))
        }
        #expect(state.outcomes == settled)
        #expect(actions == Array(repeating: .wait, count: 5) + [.finish])
        #expect((state.deciding == nil) == settled.allSatisfy { $0.failure == nil })
    }

    @Test func theFirstRequiredFailureDecides() {
        var state = FanOutState(calls: 4)
        _ = state.settle(0, Self.failed(.reset), isRequired: false)
        #expect(state.deciding == .reset)
        _ = state.settle(1, Self.failed(.timeout), isRequired: true)
        #expect(state.deciding == .timeout)
        _ = state.settle(2, Self.failed(.dns), isRequired: true)
        _ = state.settle(3, Self.failed(.connect), isRequired: false)
        #expect(state.deciding == .timeout)
    }

    @Test func withoutARequiredOneTheLastFailureDecides() {
        var state = FanOutState(calls: 2)
        _ = state.settle(1, Self.failed(.timeout), isRequired: false)
        _ = state.settle(0, Self.failed(.connect), isRequired: false)
        #expect(state.deciding == .connect)
    }
}
