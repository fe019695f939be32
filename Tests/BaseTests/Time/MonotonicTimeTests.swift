import Base
import Testing

/// Points in time and durations, at their edges too.
@Suite struct MonotonicTimeTests {
    private static let end = MonotonicTime(nanoseconds: .max)

    @Test func aDurationLaterIsLater() {
        let time = MonotonicTime(nanoseconds: 1_000)
        #expect((time + .nanoseconds(5)).nanoseconds == 1_005)
        #expect(time + .zero == time)
        #expect(time < time + .nanoseconds(1))
    }

    @Test func aNegativeDurationCountsAsZero() {
        let time = MonotonicTime(nanoseconds: 1_000)
        #expect(time + .seconds(-1) == time)
        #expect(time + .nanoseconds(-1) == time)
    }

    @Test func pastTheEndOfTimeIsTheEndOfTime() {
        #expect(MonotonicTime(nanoseconds: .max - 1) + .nanoseconds(1) == Self.end)
        #expect(MonotonicTime(nanoseconds: .max - 1) + .nanoseconds(2) == Self.end)
        #expect(MonotonicTime(nanoseconds: 1) + .seconds(Int64.max) == Self.end)
    }

    @Test func theTimeSinceALaterPointIsZero() {
        let earlier = MonotonicTime(nanoseconds: 10)
        let later = MonotonicTime(nanoseconds: 25)
        #expect(later.since(earlier) == .nanoseconds(15))
        #expect(earlier.since(later) == .zero)
        #expect(later.since(later) == .zero)
    }

    @Test func theLongestTimeIsWhatADurationOfNanosecondsHolds() {
        #expect(Self.end.since(MonotonicTime(nanoseconds: 0)) == .nanoseconds(Int64.max))
    }

    @Test(
        arguments: [
            (Duration.zero, 0, 0, 0), (.nanoseconds(1), 1, 0, 1), (.nanoseconds(999_999), 999_999, 999, 1),
            (.milliseconds(1), 1_000_000, 1_000, 1), (.nanoseconds(1_000_001), 1_000_001, 1_000, 2),
            (.seconds(2), 2_000_000_000, 2_000_000, 2_000), (.seconds(-2), 0, 0, 0), (.nanoseconds(-1), 0, 0, 0),
            (Duration(secondsComponent: 0, attosecondsComponent: 999_999_999), 0, 0, 0),
        ] as [(Duration, UInt64, UInt64, UInt64)])
    func durationsAreCountedInWholeUnits(duration: Duration, nano: UInt64, micro: UInt64, milli: UInt64) {
        #expect(duration.wholeNanoseconds == nano)
        #expect(duration.wholeMicroseconds == micro)
        #expect(duration.wholeMilliseconds == milli)
    }

    @Test(arguments: [
        Duration.seconds(Int64.max), .seconds(18_446_744_074),
        // Whole seconds that fit, with a fraction that does not.
        Duration(secondsComponent: 18_446_744_073, attosecondsComponent: 999_999_999_000_000_000),
    ])
    func aDurationTooLongToCountIsTheLongest(duration: Duration) {
        #expect(duration.wholeNanoseconds == .max)
        #expect(duration.wholeMicroseconds == UInt64.max / 1_000)
        #expect(duration.wholeMilliseconds == UInt64.max / 1_000_000 + 1)
    }
}
