import Access
import Base
import TestSupport
import Testing

/// The algorithm under a clock of the test's own.
@Suite struct RateLimitTests {
    /// A limit over one bucket.
    private struct Gate {
        var limit: RateLimit
        var full = MonotonicTime(nanoseconds: 0)

        mutating func admits(at now: UInt64) -> Bool {
            guard case .admitted(let full) = limit.decide(full: full, now: MonotonicTime(nanoseconds: now)) else {
                return false
            }
            self.full = full
            return true
        }
    }

    /// A token bucket as textbooks have it, in fractions of a token: it fills by `count` a nanosecond, and a token is as
    /// much as comes in between two of them.
    private struct TokenBucket {
        var count: UInt64
        var token: UInt64
        var capacity: UInt64
        var level: UInt64
        var last: UInt64

        init(_ rate: RateLimit.Rate, burst: Int, at now: UInt64) {
            count = UInt64(rate.count)
            token = rate.unit.nanoseconds
            capacity = token * UInt64(burst)
            level = capacity
            last = now
        }

        mutating func admits(at now: UInt64) -> Bool {
            let (filled, overflow) = (now - last).multipliedReportingOverflow(by: count)
            let (sum, isMore) = level.addingReportingOverflow(filled)
            level = overflow || isMore ? capacity : min(sum, capacity)
            last = now
            guard level >= token else { return false }
            level -= token
            return true
        }
    }

    /// Arrival times: spells of much more than the rate, of about the rate, and of little, with pauses between.
    private static func arrivals(_ rate: RateLimit.Rate, _ random: inout SeededGenerator) -> [UInt64] {
        let interval = rate.unit.nanoseconds / UInt64(rate.count)
        var now = UInt64.random(in: 0...(1 << 50), using: &random)
        var times: [UInt64] = []
        for _ in 0..<40 {
            let step = random.pick([0, interval / 10, interval, interval * 3])
            for _ in 0..<Int.random(in: 1...40, using: &random) {
                now += UInt64.random(in: 0...(2 * step), using: &random)
                times.append(now)
            }
            if random.chance(1, of: 4) { now += UInt64.random(in: 0...(interval * 50), using: &random) }
        }
        return times
    }

    private static func rate(_ random: inout SeededGenerator) throws -> RateLimit.Rate {
        let unit = random.pick(RateLimit.Rate.Unit.allCases)
        // Divisors of the unit too, whose interval is a whole number.
        let count = random.pick([1, 2, 7, 100, 300, 1_000, Int.random(in: 1...999_999, using: &random)])
        return try #require(RateLimit.Rate(count, per: unit))
    }

    @Test("In no span of time do more pass than the burst and what the rate has in it", arguments: UInt64(1)...40)
    func neverMore(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let rate = try Self.rate(&random)
        let burst = Int.random(in: 1...min(60, rate.burstLimit), using: &random)
        var gate = Gate(limit: RateLimit(rate: rate, burst: burst))
        let admitted = Self.arrivals(rate, &random).filter { gate.admits(at: $0) }
        #expect(!admitted.isEmpty)
        for first in admitted.indices {
            for last in admitted.indices[first...] {
                let span = admitted[last] - admitted[first]
                let inSpan = rate.unit.nanoseconds.dividingFullWidth(span.multipliedFullWidth(by: UInt64(rate.count)))
                let most = UInt64(burst) + inSpan.quotient
                if UInt64(last - first + 1) > most {
                    Issue.record("\(last - first + 1) passed in \(span) ns at \(rate.text), burst \(burst)")
                }
            }
        }
    }

    @Test("Each decision is a token bucket's, where a token's time is whole", arguments: UInt64(1)...40)
    func sameAsTokens(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        // Each divides every unit.
        let rate = try #require(
            RateLimit.Rate(random.pick([1, 2, 100, 1_000, 200_000]), per: random.pick(RateLimit.Rate.Unit.allCases)))
        let burst = Int.random(in: 1...min(60, rate.burstLimit), using: &random)
        var gate = Gate(limit: RateLimit(rate: rate, burst: burst))
        let times = Self.arrivals(rate, &random)
        var tokens = TokenBucket(rate, burst: burst, at: times[0])
        for time in times {
            let decisions = (gate.admits(at: time), tokens.admits(at: time))
            #expect(decisions.0 == decisions.1, "\(time)")
        }
    }

    @Test("Where it is not, as many pass but for one in 10,000 at the fastest", arguments: UInt64(1)...20)
    func hardlyFewer(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let rate = try #require(RateLimit.Rate(Int.random(in: 3...99_999, using: &random), per: .second))
        var gate = Gate(limit: RateLimit(rate: rate, burst: 10))
        var tokens = TokenBucket(rate, burst: 10, at: 1 << 40)
        var passed = (ours: 0, model: 0)
        for index in 0..<UInt64(20_000) {
            let now = (1 << 40) + index * (rate.unit.nanoseconds / UInt64(rate.count)) / 2
            passed.ours += gate.admits(at: now) ? 1 : 0
            passed.model += tokens.admits(at: now) ? 1 : 0
        }
        #expect(passed.ours <= passed.model)
        #expect(passed.ours >= passed.model - 1 - passed.model / 10_000, "\(passed) at \(rate.text)")
    }

    @Test("After the wait that a refusal names the next one passes, and not a nanosecond before")
    func waits() throws {
        var gate = Gate(limit: RateLimit(rate: try #require(RateLimit.Rate(10, per: .second)), burst: 3))
        let atOnce = (0..<4).map { _ in gate.admits(at: 1_000) }
        #expect(atOnce == [true, true, true, false])
        let refusal = gate.limit.decide(full: gate.full, now: MonotonicTime(nanoseconds: 1_000))
        #expect(refusal == .refused(wait: .milliseconds(100)))
        let later = [99_999_999, 100_000_000].map { gate.admits(at: 1_000 + $0) }
        #expect(later == [false, true])
    }

    @Test("Without a burst it is what the rate has in a second, at least one")
    func standardBurst() throws {
        for (count, unit, burst) in [
            (100, .second, 100), (600, .minute, 10), (59, .minute, 1), (3_599, .hour, 1), (7_200, .hour, 2),
        ] as [(Int, RateLimit.Rate.Unit, Int)] {
            #expect(RateLimit(rate: try #require(RateLimit.Rate(count, per: unit))).burst == burst)
        }
    }

    @Test("A rate is from one an hour to a million a second")
    func rates() {
        #expect(RateLimit.Rate(0, per: .hour) == nil)
        #expect(RateLimit.Rate(-1, per: .second) == nil)
        #expect(RateLimit.Rate(1_000_001, per: .second) == nil)
        #expect(RateLimit.Rate(.max, per: .hour) == nil)
        #expect(RateLimit.Rate(1_000_000, per: .second)?.burstLimit == 1_000_000)
        #expect(RateLimit.Rate(1, per: .hour)?.burstLimit == 24)
        #expect(RateLimit.Rate(600, per: .minute)?.text == "600/m")
    }

    @Test("Any time of bucket and clock is decided on", arguments: UInt64(1)...20)
    func anyTimes(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let edges: [UInt64] = [0, 1, .max, .max - 1, random.next(), random.next()]
        let limit = RateLimit(rate: try Self.rate(&random), burst: random.pick([1, 2, 1_000_000, .max]))
        for full in edges {
            for now in edges {
                let decision = limit.decide(
                    full: MonotonicTime(nanoseconds: full), now: MonotonicTime(nanoseconds: now))
                if full <= now, case .refused = decision { Issue.record("refused by a full bucket") }
                if case .refused(let wait) = decision { #expect(wait > .zero) }
            }
        }
    }
}

extension RateLimit.Rate.Unit {
    fileprivate var nanoseconds: UInt64 {
        switch self {
        case .second: 1_000_000_000
        case .minute: 60_000_000_000
        case .hour: 3_600_000_000_000
        }
    }
}
