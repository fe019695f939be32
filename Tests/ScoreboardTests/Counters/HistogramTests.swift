import TestSupport
import Testing

@testable import Scoreboard

@Suite("Histograms")
struct HistogramTests {
    @Test("Every bucket begins where the one before it ends, and the range is longer than an hour")
    func contiguous() {
        var next: UInt64 = 0
        for index in 0..<HistogramBuckets.count {
            let highest = HistogramBuckets.highestValue(in: index)
            #expect(HistogramBuckets.index(of: next) == index)
            #expect(HistogramBuckets.index(of: highest) == index)
            next = highest + 1
        }
        #expect(next > 3_600_000_000)
        #expect(HistogramBuckets.index(of: next) == HistogramBuckets.count - 1)
        #expect(HistogramBuckets.index(of: .max) == HistogramBuckets.count - 1)
    }

    @Test("A value read back is never below the one recorded and at most a thirty-second above it")
    func errorBound() {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<20_000 {
            let value = min(random.microseconds(), (1 << 32) - 1)
            let read = HistogramBuckets.highestValue(in: HistogramBuckets.index(of: value))
            #expect(read >= value && read - value <= value / 32)
        }
    }

    @Test("Quantiles are those of the sorted values within a thirty-second", arguments: [1, 2, 3, 10, 99, 1_000])
    func quantiles(size: Int) {
        var random = SeededGenerator(seed: UInt64(size))
        let values = (0..<size).map { _ in min(random.microseconds(), (1 << 32) - 1) }.sorted()
        var histogram = HistogramSnapshot.empty
        for value in values { histogram.record(microseconds: value) }
        for quantile in [0, 0.5, 0.9, 0.99, 1] {
            let exact = values[max(0, Int((quantile * Double(size)).rounded(.up)) - 1)]
            let read = histogram.microseconds(atQuantile: quantile)
            #expect(read >= exact && read - exact <= exact / 32)
        }
        #expect(histogram.microseconds(atQuantile: 1) == values.last)
        #expect(histogram.maxMicroseconds == values.last)
        #expect(histogram.sumMicroseconds == values.reduce(0, +))
    }

    @Test("A histogram without values answers zero to everything")
    func empty() {
        let empty = HistogramSnapshot.empty
        #expect(empty.count == 0 && empty.maxMicroseconds == 0 && empty.microseconds(atQuantile: 0.99) == 0)
    }

    @Test("Merging histograms gives what recording everything in one gives")
    func mergeEqualsRecordingAll() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<50 {
            var together = HistogramSnapshot.empty
            var merged = HistogramSnapshot.empty
            for _ in 0..<Int.random(in: 0...5, using: &random) {
                var one = HistogramSnapshot.empty
                for _ in 0..<Int.random(in: 0...30, using: &random) {
                    let value = random.microseconds()
                    one.record(microseconds: value)
                    together.record(microseconds: value)
                }
                merged.merge(one)
            }
            #expect(merged == together)
        }
    }

    @Test("A histogram in shared memory reads back as the same values recorded in one of our own")
    func shared() throws {
        let board = try TestBoard(slots: 1)
        let worker = try board.scoreboard.worker(0)
        board.start(0)
        var random = SeededGenerator(seed: 3)
        var expected = HistogramSnapshot.empty
        for _ in 0..<500 {
            let value = random.microseconds()
            worker.loopLag(.microseconds(Int64(value)))
            expected.record(microseconds: value)
        }
        #expect(board.scoreboard.reader.snapshot().workers.first?.loopLag == expected)
    }

    @Test("What was recorded since a look is the difference, and all of it where that look was at another one")
    func since() {
        var histogram = HistogramSnapshot.empty
        for microseconds in 1...100 { histogram.record(microseconds: UInt64(microseconds)) }
        let before = histogram
        #expect(histogram.since(before).count == 0 && histogram.since(before).microseconds(atQuantile: 0.99) == 0)
        for _ in 1...10 { histogram.record(microseconds: 7) }
        let window = histogram.since(before)
        #expect(window.count == 10 && window.sumMicroseconds == 70)
        #expect(window.microseconds(atQuantile: 0.5) == 7 && window.maxMicroseconds == 7)
        #expect(histogram.since(.empty) == histogram)
        #expect(before.since(histogram) == before)
    }
}
