import Testing

@testable import Upstream

@Suite struct GateTests {
    @Test("a gate admits up to its limit, queues up to its queue, and refuses the rest")
    func limits() {
        var gate = Gate(limit: 2, queue: 1)
        let entries = (0..<4).map { _ in gate.enter() }
        #expect(entries == [.admitted, .admitted, .queued, .refused])
        #expect(!gate.hasRoom && gate.inFlight == 2 && gate.queued == 1)
    }

    @Test("the first of the queue takes the place of one that leaves")
    func leaving() {
        var gate = Gate(limit: 1, queue: 2)
        _ = (0..<3).map { _ in gate.enter() }
        #expect(gate.leave() && gate.inFlight == 1 && gate.queued == 1)
        gate.leftQueue()
        #expect(!gate.leave() && gate.inFlight == 0 && gate.hasRoom)
    }

    @Test(
        "whatever comes and goes, no more than the limit are admitted, and what is counted is what is there",
        arguments: 0..<50)
    func anyOrder(seed: UInt64) {
        var random = seed
        func draw(_ count: UInt64) -> UInt64 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (random >> 33) % count
        }
        let (limit, queue) = (Int(draw(4)) + 1, Int(draw(4)))
        var gate = Gate(limit: limit, queue: queue)
        var (admitted, queued) = (0, 0)
        for _ in 0..<200 {
            switch draw(3) {
            case 0:
                let entry = gate.enter()
                #expect(entry == (admitted < limit ? .admitted : queued < queue ? .queued : .refused))
                if entry == .admitted { admitted += 1 } else if entry == .queued { queued += 1 }
            case 1 where admitted > 0:
                #expect(gate.leave() == (queued > 0))
                if queued > 0 { queued -= 1 } else { admitted -= 1 }
            case 2 where queued > 0:
                gate.leftQueue()
                queued -= 1
            default: break
            }
            #expect(gate.inFlight == admitted && gate.queued == queued)
            #expect(gate.hasRoom == (admitted < limit || queued < queue))
        }
    }
}
