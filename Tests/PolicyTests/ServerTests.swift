import Base
import Testing

@testable import Policy

/// Ejection and probes of servers under a simulated clock.
@Suite struct ServerHealthTests {
    @Test("a server is ejected after failures in a row, for longer each time, and a success forgives it")
    func ejection() {
        let settings = OutlierSettings()
        let server = ServerHealth(LocalCells())
        func fail(_ now: MonotonicTime) -> Bool {
            server.record(isFailure: true, settings) && server.eject(settings, at: now)
        }
        for _ in 1...4 { #expect(!fail(at(0))) }
        #expect(fail(at(0)))
        #expect(server.state(at: at(9.9)) == .ejected)
        #expect(server.state(at: at(10)) == .up)
        #expect(fail(at(10)), "back, and failing again at once")
        #expect(server.state(at: at(29.9)) == .ejected)
        #expect(server.state(at: at(30)) == .up)
        #expect(!server.record(isFailure: false, settings))
        for _ in 1...4 { #expect(!fail(at(30))) }
        #expect(fail(at(30)))
        #expect(server.state(at: at(40)) == .up)
    }

    @Test("of several workers one ejects") func once() {
        let settings = OutlierSettings()
        let cells = LocalCells()
        let workers = [ServerHealth(cells), ServerHealth(cells)]
        for _ in 1...5 { for worker in workers { _ = worker.record(isFailure: true, settings) } }
        #expect(workers[0].eject(settings, at: at(0)))
        #expect(!workers[1].eject(settings, at: at(0)))
        #expect(cells.load(SharedCell.removals) == 1)
    }

    @Test("a server falls and rises by probes in a row") func probes() {
        let settings = HealthSettings(path: "/")
        let server = ServerHealth(LocalCells())
        let results: [(Bool, ServerHealth.State?)] = [
            (true, nil), (false, nil), (false, nil), (true, nil), (false, nil), (false, nil), (false, .down),
            (false, nil),
            (true, nil), (false, nil), (true, nil), (true, .up), (false, nil),
        ]
        for (index, (isGood, change)) in results.enumerated() {
            #expect(server.probed(isGood: isGood, settings) == change, "\(index)")
            if index == 7 { #expect(server.state(at: at(0)) == .down) }
        }
        #expect(server.state(at: at(0)) == .up)
    }

    @Test("a server stays down while it is probed, and not for long when nobody does any more") func lapse() {
        let settings = HealthSettings(path: "/")
        let server = ServerHealth(LocalCells())
        for second in 0..<200 where server.takesProbe(settings, at: at(Double(second))) {
            _ = server.probed(isGood: false, settings)
            #expect((server.state(at: at(Double(second))) == .down) == (second >= 10))
        }
        #expect(server.state(at: at(230)) == .down)
        #expect(server.state(at: at(270)) == .up)
    }

    @Test("N workers probe as often as one") func leases() {
        let settings = HealthSettings(path: "/")
        let cells = LocalCells()
        let workers = (0..<4).map { _ in ServerHealth(cells) }
        var probes = 0
        for step in 0..<600 {
            for worker in workers where worker.takesProbe(settings, at: at(Double(step) / 10)) { probes += 1 }
        }
        #expect(probes == 12, "60 s at 5 s")
    }
}

/// Choice of servers.
@Suite struct BalancerTests {
    private static func shares(
        _ balance: Balance, _ weights: [Int], calls: Int = 6_000, without: Set<Int> = [],
        inFlight: (Int) -> Int = { _ in 0 }
    ) -> [Int] {
        var balancer = Balancer(balance, weights: weights, seed: 1)
        var counts = weights.map { _ in 0 }
        for _ in 0..<calls { counts[balancer.choose({ !without.contains($0) }, inFlight: inFlight)] += 1 }
        return counts
    }

    @Test("turns are even, or by weight, and pass over those that are out")
    func turns() {
        #expect(Self.shares(.roundRobin, [1, 1, 1]) == [2_000, 2_000, 2_000])
        #expect(Self.shares(.roundRobin, [3, 2, 1]) == [3_000, 2_000, 1_000])
        #expect(Self.shares(.roundRobin, [1, 1, 1], without: [1]) == [3_000, 0, 3_000])
        #expect(Self.shares(.roundRobin, [3, 2, 1], without: [0]) == [0, 4_000, 2_000])
    }

    @Test("weighted turns are smooth: no server has its share in one go")
    func smooth() {
        var balancer = Balancer(.roundRobin, weights: [5, 1, 1], seed: 1)
        let order = (0..<7).map { _ in balancer.choose({ _ in true }, inFlight: { _ in 0 }) }
        #expect(order == [0, 0, 1, 0, 2, 0, 0])
    }

    @Test("where none may be chosen all may", arguments: Balance.allCases)
    func panic(balance: Balance) {
        #expect(Self.shares(balance, [1, 1, 1], without: [0, 1, 2]).allSatisfy { $0 > 1_000 })
        #expect(Self.shares(balance, [3, 2, 1], without: [0, 1, 2]).allSatisfy { $0 > 0 })
    }

    @Test("the fewest in flight for the weight has the next call, and equals take turns")
    func least() {
        #expect(Self.shares(.leastInFlight, [1, 1, 1], inFlight: { [2, 1, 2][$0] }) == [0, 6_000, 0])
        #expect(Self.shares(.leastInFlight, [1, 4, 1], inFlight: { [1, 5, 1][$0] }) == [0, 6_000, 0])
        #expect(Self.shares(.leastInFlight, [1, 1, 1]).allSatisfy { $0 == 2_000 })
        #expect(Self.shares(.leastInFlight, [1, 1], without: [0], inFlight: { [0, 9][$0] }) == [0, 6_000])
    }

    @Test("of two that are drawn the better one: the worst of three is seldom chosen")
    func twoChoices() {
        let counts = Self.shares(.p2c, [1, 1, 1], inFlight: { $0 * 10 })
        #expect(counts[0] > counts[1] && counts[1] > counts[2])
        // Only when it is drawn twice: one in nine.
        #expect((400...950).contains(counts[2]))
        #expect(Self.shares(.p2c, [1, 1, 1], without: [0])[0] == 0)
    }
}

/// Repetitions.
@Suite struct RetryTests {
    private static func pause(
        _ change: (inout RetrySettings) -> Void = { _ in }, after attempt: Int = 1, failure: Failure? = nil,
        status: Int? = nil, isIdempotent: Bool = true, left: Duration = .seconds(1)
    ) -> Duration? {
        var settings = RetrySettings()
        change(&settings)
        var random = SplitMix64(seed: 7)
        return settings.pause(
            after: attempt, failure: failure, status: status, isIdempotent: isIdempotent, left: left, using: &random)
    }

    @Test("what was not sent may be repeated, what was only if it is idempotent, and nothing past its attempts")
    func what() {
        #expect(Self.pause(failure: .connect) != nil)
        #expect(Self.pause(failure: .connect, isIdempotent: false) != nil)
        #expect(Self.pause(failure: .reset) != nil)
        #expect(Self.pause(failure: .reset, isIdempotent: false) == nil)
        #expect(Self.pause(status: 503) != nil)
        #expect(Self.pause(status: 503, isIdempotent: false) == nil)
        #expect(Self.pause(status: 500) == nil)
        #expect(Self.pause(failure: .timeout) == nil)
        #expect(Self.pause({ $0.failures = [.timeout] }, failure: .timeout) != nil)
        #expect(Self.pause(after: 2, failure: .connect) == nil)
        #expect(Self.pause({ $0.attempts = 3 }, after: 2, failure: .connect) != nil)
    }

    @Test("pauses are drawn below one that doubles, and none reaches past the deadline")
    func pauses() {
        var settings = RetrySettings()
        settings.attempts = 20
        var random = SplitMix64(seed: 3)
        for attempt in 1...10 {
            var longest = Duration.zero
            for _ in 0..<200 {
                let pause = settings.pause(
                    after: attempt, failure: .reset, status: nil, isIdempotent: true, left: .seconds(60), using: &random
                )
                longest = max(longest, pause ?? .zero)
            }
            let bound = settings.backoff * (1 << (attempt - 1))
            #expect(longest <= bound && longest > bound / 2)
        }
        #expect(Self.pause({ $0.backoff = .seconds(60) }, failure: .reset, left: .milliseconds(1)) == nil)
    }

    @Test("repetitions stay within their part of the calls, whatever fails")
    func budget() {
        var budget = RetryBudget(percent: 20)
        var taken = 0
        for _ in 0..<1_000 {
            budget.noteCall()
            while budget.take() { taken += 1 }
        }
        // The first call adds nothing to what is full.
        #expect(taken == 209, "a fifth, and the ten to begin with")
        // A quiet hour saves up no storm.
        for _ in 0..<100_000 { budget.noteCall() }
        #expect((0..<100).count { _ in budget.take() } == 10)
    }

    @Test("a percentile is near the true one, and follows when calls become slower")
    func quantile() throws {
        var quantile = LatencyQuantile(percent: 95)
        var random = SplitMix64(seed: 9)
        #expect(quantile.value == nil)
        for _ in 0..<10_000 { quantile.record(.microseconds(Int.random(in: 1_000...2_000, using: &random))) }
        let first = try #require(quantile.value)
        #expect(first >= .microseconds(1_850) && first <= .microseconds(2_100))
        for _ in 0..<10_000 { quantile.record(.microseconds(Int.random(in: 10_000...20_000, using: &random))) }
        let second = try #require(quantile.value)
        #expect(second >= .microseconds(18_500) && second <= .microseconds(21_000))
    }
}
