import Policy
import TestSupport
import Testing

@testable import Scoreboard

@Suite("Merging what workers counted")
struct TrafficTests {
    @Test("Merging is associative and commutative, and nothing counted merges as nothing")
    func associative() {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<200 {
            let (a, b, c) = (random.traffic(), random.traffic(), random.traffic())
            #expect(merged(merged(a, b), c) == merged(a, merged(b, c)))
            #expect(merged(a, b) == merged(b, a))
            #expect(merged(a, Traffic()) == a && merged(Traffic(), a) == a)
        }
    }

    @Test("Calls counted spread over workers merge to what one worker would have counted")
    func spreadOverWorkers() throws {
        let spread = try TestBoard(slots: 3)
        let single = try TestBoard(slots: 1)
        for slot in 0..<3 { spread.start(slot) }
        single.start(0)
        for board in [spread, single] {
            for name in ["users", "orders"] { try board.scoreboard.supervisor.registerUpstream(named: name) }
        }
        var random = SeededGenerator(seed: 5)
        for _ in 0..<2_000 {
            let upstream = [0, 1, nil].randomElement(using: &random) ?? nil
            let failure = Bool.random(using: &random) ? Failure.allCases.randomElement(using: &random) : nil
            let latency = Duration.microseconds(Int64(random.next() >> 40))
            let status = Int.random(in: 100...599, using: &random)
            let slot = Int.random(in: 0..<3, using: &random)
            for worker in [try spread.scoreboard.worker(slot), try single.scoreboard.worker(0)] {
                worker.connectionOpened()
                worker.requestStarted()
                worker.callStarted(upstream: upstream)
                worker.callFinished(upstream: upstream, failure: failure, latency: latency)
                worker.requestFinished(status: status, latency: latency)
                worker.connectionClosed()
            }
        }
        let (many, one) = (spread.scoreboard.reader.snapshot(), single.scoreboard.reader.snapshot())
        #expect(many.totals == one.totals)
        #expect(many.totals.byClass.total == 2_000)
        #expect(many.upstreams.map(\.name) == ["users", "orders"])
        #expect(many.upstreams.map(\.traffic) == one.upstreams.map(\.traffic))
    }

    private func merged(_ a: Traffic, _ b: Traffic) -> Traffic {
        var sum = a
        sum.merge(b)
        return sum
    }
}
