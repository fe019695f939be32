import Base
import Testing

@Suite struct PaceTests {
    private let pace = Pace(grace: .seconds(10), bytesPerSecond: 500)
    private let start = MonotonicTime(nanoseconds: 1_000_000_000)

    @Test(
        "for the grace nothing has to move, and each byte buys its time",
        arguments: [(0, 10), (500, 11), (5_000, 20), (1 << 20, 2_107)])
    func end(bytes: Int, seconds: Int) {
        #expect(pace.end(since: start, moved: bytes) >= start + .seconds(seconds))
        #expect(pace.end(since: start, moved: bytes) < start + .seconds(seconds + 1))
    }

    @Test("what is too large to count is never too slow") func large() {
        #expect(pace.end(since: start, moved: .max) > start + .seconds(86_400 * 365))
    }
}
