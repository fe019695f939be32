import Base
import Testing

@testable import Policy

func at(_ seconds: Double) -> MonotonicTime {
    MonotonicTime(nanoseconds: 1_000_000_000 + UInt64(seconds * 1_000_000_000))
}

/// Circuit breakers under a simulated clock.
@Suite struct CircuitBreakerTests {
    private static func breaker(_ change: (inout CircuitBreakerSettings) -> Void = { _ in }) -> (
        CircuitBreaker, LocalCells
    ) {
        var settings = CircuitBreakerSettings()
        change(&settings)
        let cells = LocalCells()
        return (CircuitBreaker(settings, cells), cells)
    }

    @Test("failures in a row open it, and a success in between starts the row anew")
    func inARow() {
        let (breaker, cells) = Self.breaker()
        for _ in 1...4 { #expect(!breaker.record(isFailure: true, isTrial: false, at: at(0))) }
        #expect(!breaker.record(isFailure: false, isTrial: false, at: at(0)))
        for _ in 1...4 { #expect(!breaker.record(isFailure: true, isTrial: false, at: at(0))) }
        #expect(breaker.admit(at: at(0)) == .closed)
        #expect(breaker.record(isFailure: true, isTrial: false, at: at(0)))
        #expect(breaker.admit(at: at(0)) == .open)
        #expect(CircuitBreaker.state(cells, at: at(1)) == .open)
        #expect(cells.load(SharedCell.openings) == 1)
    }

    @Test("when its time is up one call tries, alone; its failure keeps it open, its success closes it")
    func halfOpen() {
        let (breaker, cells) = Self.breaker()
        for _ in 1...5 { _ = breaker.record(isFailure: true, isTrial: false, at: at(0)) }
        #expect(breaker.admit(at: at(4.9)) == .open)
        #expect(CircuitBreaker.state(cells, at: at(5)) == .halfOpen)
        #expect(breaker.admit(at: at(5)) == .trial)
        #expect(breaker.admit(at: at(5)) == .open)
        #expect(!breaker.record(isFailure: true, isTrial: true, at: at(6)))
        #expect(breaker.admit(at: at(9.9)) == .open)
        #expect(breaker.admit(at: at(10)) == .trial)
        #expect(!breaker.record(isFailure: false, isTrial: true, at: at(10)))
        #expect(breaker.admit(at: at(10)) == .closed)
        // It begins with nothing against it.
        #expect(!breaker.record(isFailure: true, isTrial: false, at: at(10)))
    }

    @Test("a try that never ends is followed by another")
    func lostTrial() {
        let (breaker, _) = Self.breaker()
        for _ in 1...5 { _ = breaker.record(isFailure: true, isTrial: false, at: at(0)) }
        #expect(breaker.admit(at: at(5)) == .trial)
        #expect(breaker.admit(at: at(9)) == .open)
        #expect(breaker.admit(at: at(10)) == .trial)
    }

    @Test("calls that were out when it opened neither close nor reopen it")
    func lateResults() {
        let (breaker, cells) = Self.breaker()
        for _ in 1...20 { _ = breaker.record(isFailure: true, isTrial: false, at: at(0)) }
        _ = breaker.record(isFailure: false, isTrial: false, at: at(1))
        #expect(breaker.admit(at: at(1)) == .open)
        #expect(cells.load(SharedCell.openings) == 1)
    }

    @Test("a ratio counts within its window, and only with calls enough")
    func ratio() {
        let (breaker, _) = Self.breaker {
            $0.ratio = 50
            $0.failures = 1_000
        }
        func run(_ calls: Int, from start: Double) -> Int? {
            (0..<calls).first { breaker.record(isFailure: $0 % 2 == 0, isTrial: false, at: at(start)) }
        }
        #expect(run(18, from: 0) == nil)
        // Another window: the calls of the last one are forgotten.
        #expect(run(18, from: 10) == nil)
        #expect(run(10, from: 11) != nil)
    }

    @Test("many workers on one breaker open it once, whatever their order", arguments: UInt64(1)...20)
    func shared(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let cells = LocalCells()
        let workers = (0..<4).map { _ in CircuitBreaker(CircuitBreakerSettings(), cells) }
        var opened = 0
        for step in 0..<200 {
            let worker = workers[Int.random(in: 0..<4, using: &random)]
            let now = at(Double(step) / 1_000)
            guard worker.admit(at: now) == .closed else { continue }
            if worker.record(isFailure: Int.random(in: 0..<3, using: &random) > 0, isTrial: false, at: now) {
                opened += 1
            }
        }
        #expect(opened == Int(cells.load(SharedCell.openings)))
        #expect(opened <= 1)
    }
}
