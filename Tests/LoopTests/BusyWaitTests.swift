import Base
import Testing

@testable import Loop

/// When the loop stays awake for a moment, by how long its last waits were.
@Suite struct BusyWaitTests {
    private static let short = BusyWait.moment
    private static let long = BusyWait.moment + .nanoseconds(1)

    /// How many of the waits it was awake for, after the first so many; it is pushed off its core once in so many waits.
    private static func awake(_ waits: some Sequence<Duration>, after first: Int = 0, pushedOffOnceIn every: Int = .max)
        -> Int
    {
        var busyWait = BusyWait()
        return waits.enumerated().count { index, wait in
            defer { busyWait.waited(wait) { Int64(index / every) } }
            return busyWait.isLikely && index >= first
        }
    }

    @Test("a loop sleeps until four waits in a row were short, and stays awake for the next")
    func begins() {
        #expect(Self.awake(Array(repeating: Self.short, count: 4)) == 0)
        #expect(Self.awake(Array(repeating: Self.short, count: 1_000)) == 996)
    }

    @Test("a loop that always waits longer is never awake")
    func sleeps() {
        #expect(Self.awake(Array(repeating: Self.long, count: 1_000)) == 0)
        #expect(Self.awake(Array(repeating: .seconds(1), count: 1_000)) == 0)
    }

    @Test("however many waits were short, two long ones in a row end it")
    func ends() {
        let waits = Array(repeating: Self.short, count: 1_000) + [Self.long, Self.long]
        #expect(Self.awake(waits + Array(repeating: Self.short, count: 4), after: 1_002) == 0)
        #expect(Self.awake(waits + Array(repeating: Self.short, count: 5), after: 1_002) == 1)
    }

    @Test("a loop that others push off its core sleeps, however short its waits are; once in a while is no matter")
    func shared() {
        let waits = Array(repeating: Self.short, count: 100 * BusyWait.span)
        #expect(Self.awake(waits, after: 2 * BusyWait.span, pushedOffOnceIn: BusyWait.span / 2) == 0)
        #expect(Self.awake(waits, after: 2 * BusyWait.span, pushedOffOnceIn: 2) == 0)
        #expect(Self.awake(waits, after: 2 * BusyWait.span, pushedOffOnceIn: BusyWait.span) == 98 * BusyWait.span)
    }

    @Test("a loop that has its core to itself again stays awake again")
    func alone() {
        var busyWait = BusyWait()
        var pushes: Int64 = 0
        for _ in 0..<BusyWait.span {
            pushes += 1
            busyWait.waited(Self.short) { pushes }
        }
        #expect(!busyWait.isLikely)
        for _ in 0..<BusyWait.span { busyWait.waited(Self.short) { pushes } }
        #expect(busyWait.isLikely)
    }

    @Test("a client that asks again after a while does not end it: five answers come at once, then nothing for long")
    func pause() {
        let page = Array(repeating: Self.short, count: 5) + [.milliseconds(10)]
        #expect(Self.awake(repeatElement(page, count: 1_000).joined(), after: 5 * page.count) == 995 * page.count)
    }

    @Test("of waits of which each second is long, it is awake for none")
    func alternating() {
        #expect(Self.awake((0..<10_000).map { $0 % 2 == 0 ? Self.short : Self.long }) == 0)
    }

    @Test(
        "of waits that are short or long at random, it is awake for more the more are short, and for few of half of them"
    )
    func random() {
        var generator = SplitMix64(seed: 7)
        let shares = [50, 70, 80, 90, 99].map { percent in
            Self.awake(
                (0..<100_000).map { _ in Int.random(in: 0..<100, using: &generator) < percent ? Self.short : Self.long }
            )
        }
        #expect(shares == shares.sorted())
        #expect(shares[0] < 10_000)
        #expect(shares[4] > 90_000)
    }
}
