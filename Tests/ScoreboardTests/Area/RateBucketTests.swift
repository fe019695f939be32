import Access
import Base
import TestSupport
import Testing

@testable import Scoreboard

/// Rate limits over all workers.
@Suite("Buckets of rate limits")
struct RateBucketTests {
    private static func limit(_ rate: Int, per unit: RateLimit.Rate.Unit, burst: Int) throws -> RateLimit {
        RateLimit(rate: try #require(RateLimit.Rate(rate, per: unit)), burst: burst)
    }

    /// How many of so many requests pass, tried by four threads that each have a mapping of their own.
    private static func passed(
        _ board: TestBoard, tries: Int, _ limit: RateLimit, at now: MonotonicTime, keys: Range<UInt64> = 1..<2
    ) async throws -> [UInt64: Int] {
        try await withThrowingTaskGroup(of: [UInt64: Int].self) { group in
            for _ in 0..<4 {
                let buckets = try Scoreboard.map(descriptor: board.descriptor).rateBuckets
                group.addTask {
                    var passed: [UInt64: Int] = [:]
                    for _ in 0..<tries {
                        for key in keys where buckets.take(key &* 0x9E37_79B9_7F4A_7C15, limit, at: now) == nil {
                            passed[key, default: 0] += 1
                        }
                    }
                    return passed
                }
            }
            return try await group.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
        }
    }

    @Test("Of one bucket in four processes exactly as many pass as the limit says, at each moment")
    func exact() async throws {
        let board = try TestBoard(slots: 1)
        let limit = try Self.limit(1_000, per: .second, burst: 50)
        var random = SeededGenerator(seed: 7)
        var now = MonotonicTime.seconds(100)
        var full = MonotonicTime.seconds(0)
        for _ in 0..<200 {
            now = now + .microseconds(random.next() % 40_000)
            var expected = 0
            while case .admitted(let next) = limit.decide(full: full, now: now) {
                full = next
                expected += 1
            }
            #expect(try await Self.passed(board, tries: 100, limit, at: now)[1, default: 0] == expected)
        }
    }

    @Test("Many keys at once each have a bucket of their own, also when they take the places of others")
    func manyKeys() async throws {
        let board = try TestBoard(slots: 1)
        let limit = try Self.limit(10, per: .second, burst: 3)
        // 40 times 4,000 keys are more than there are places: each round lives in what the ones before it left.
        for round in 0..<UInt64(40) {
            let keys = (1 + round * 4_000)..<(4_001 + round * 4_000)
            let passed = try await Self.passed(board, tries: 2, limit, at: .seconds(100 + round), keys: keys)
            #expect(passed.count == 4_000)
            #expect(passed.values.allSatisfy { $0 == 3 }, "\(passed.filter { $0.value != 3 })")
        }
    }

    @Test("Where all places of a key are in use, it counts together with another, and with none when one is free")
    func fullTable() throws {
        let board = try TestBoard(slots: 1)
        let buckets = board.scoreboard.rateBuckets
        let limit = try Self.limit(1, per: .minute, burst: 2)
        func key(_ number: Int) -> UInt64 { UInt64(number * ScoreboardLimits.rateBuckets + 5) }
        for number in 1...RateBuckets.places {
            #expect(buckets.take(key(number), limit, at: .seconds(UInt64(100 + number))) == nil)
        }
        // The first one is full soonest, and has room for one more.
        #expect(buckets.take(key(100), limit, at: .seconds(120)) == nil)
        #expect(buckets.take(key(1), limit, at: .seconds(120)) != nil)
        #expect(buckets.take(key(2), limit, at: .seconds(120)) == nil)
        // All are full again.
        for number in 100...101 {
            for _ in 0..<2 { #expect(buckets.take(key(number), limit, at: .seconds(500)) == nil) }
            #expect(buckets.take(key(number), limit, at: .seconds(500)) != nil)
        }
    }

    @Test("The claim of a worker that was killed keeps nobody from the place for long")
    func deadClaim() throws {
        let board = try TestBoard(slots: 1)
        let limit = try Self.limit(1, per: .second, burst: 1)
        let layout = Layout(slots: 1)
        let area = try SharedArea(descriptor: board.descriptor, byteCount: layout.byteCount, writable: true)
        let claim = MonotonicTime.seconds(100).nanoseconds | (1 << 63)
        SharedWords(area).store(claim, at: layout.rateBucket(7) + 1)
        let buckets = board.scoreboard.rateBuckets
        // The key takes another place as long as somebody might hold the claim.
        #expect(buckets.take(7, limit, at: .seconds(100)) == nil)
        #expect(buckets.take(7, limit, at: .seconds(100)) != nil)
        #expect(buckets.take(7, limit, at: .seconds(101)) == nil)
        #expect(SharedWords(area).load(layout.rateBucket(7) + 1) == claim)
        #expect(buckets.take(UInt64(ScoreboardLimits.rateBuckets + 7), limit, at: .seconds(102)) == nil)
        #expect(SharedWords(area).load(layout.rateBucket(7) + 1) != claim)
    }

    @Test("Whatever a worker gone wild writes there, everything is decided on, and nobody is refused for good")
    func scribbled() throws {
        let board = try TestBoard(slots: 1)
        let layout = Layout(slots: 1)
        let area = try SharedArea(descriptor: board.descriptor, byteCount: layout.byteCount, writable: true)
        let memory = SharedWords(area)
        var random = SeededGenerator(seed: 3)
        for word in layout.rateBucket(0)..<layout.rateBucket(ScoreboardLimits.rateBuckets) {
            memory.store(random.next(), at: word)
        }
        // Keys that are there, with times that no limit has set.
        for key in 1...UInt64(1_000) { memory.store(key, at: layout.rateBucket(Int(key))) }
        let limit = try Self.limit(1, per: .second, burst: 1)
        let buckets = board.scoreboard.rateBuckets
        for key in 1...UInt64(2_000) { #expect(buckets.take(key, limit, at: .seconds(1_000)) == nil) }
    }

    @Test("All processes hash keys in the same way, and no two daemons do")
    func hashKey() throws {
        let board = try TestBoard(slots: 1)
        let key = board.scoreboard.rateBuckets.hashKey
        #expect(try Scoreboard.map(descriptor: board.descriptor).rateBuckets.hashKey == key)
        #expect(try TestBoard(slots: 1).scoreboard.rateBuckets.hashKey != key)
        #expect(key.low != key.high)
    }
}
