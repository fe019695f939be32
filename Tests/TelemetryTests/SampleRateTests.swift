import Base
import Telemetry
import Testing

/// Parts of all, and what the access log takes.
@Suite struct SampleRateTests {
    @Test(arguments: [
        ("0%", 0), ("1%", 10_000), ("0.5%", 5_000), ("0.0001%", 1), ("100%", 1_000_000), ("99.9%", 999_000),
    ])
    func isAPercentage(text: String, millionths: Int) {
        #expect(SampleRate(text)?.millionths == millionths)
        #expect(SampleRate(text)?.description == text)
    }

    @Test(arguments: [
        "", "1", "%", "101%", "100.1%", "-1%", "1.%", ".5%", "1.00001%", "1,5%", "1 %", "99999999999999999999%",
    ])
    func isNothingElse(text: String) {
        #expect(SampleRate(text) == nil)
    }

    @Test func takesItsPart() {
        for rate in [SampleRate.none, SampleRate(millionths: 10_000), SampleRate(millionths: 500_000), .all] {
            var random = SplitMix64(seed: 7)
            let taken = (0..<100_000).count { _ in rate.takes(random.next()) }
            #expect(abs(taken - rate.millionths / 10) < 800)
        }
        #expect(SampleRate.all.takes(.max) && SampleRate.all.takes(0))
        #expect(!SampleRate.none.takes(.max) && !SampleRate.none.takes(0))
    }

    @Test func theAccessLogHasWhatFailedOrWasSlow() {
        let rule = AccessLogRule(sample: .none)
        func writes(
            _ rule: AccessLogRule, status: Int = 200, fails: Bool = false, ms: Int = 1, limit: Duration? = .seconds(2)
        ) -> Bool {
            rule.writes(status: status, hasFailures: fails, elapsed: .milliseconds(ms), limit: limit, random: 0)
        }
        #expect(!writes(rule) && !writes(rule, status: 404) && !writes(rule, ms: 1_000))
        #expect(writes(rule, status: 500) && writes(rule, fails: true) && writes(rule, ms: 1_001))
        #expect(!writes(rule, ms: 100_000, limit: nil))
        let strict = AccessLogRule(sample: .none, slow: .milliseconds(10))
        #expect(writes(strict, ms: 11) && writes(strict, ms: 11, limit: nil) && !writes(strict, ms: 10))
        #expect(writes(AccessLogRule()))
        #expect(writes(AccessLogRule(sample: SampleRate(millionths: 1))))
    }
}
