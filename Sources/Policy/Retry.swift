import Base

/// When a call is made again (`retry:`).
package struct RetrySettings: Sendable, Hashable {
    /// Attempts in all, the first included.
    package var attempts = 2
    /// The failures after which it is.
    package var failures: Set<Failure> = [.connect, .reset]
    /// The statuses after which it is: of servers that were not there, or not able (RFC 9110 section 15.6).
    package var statuses: Set<Int> = [502, 503, 504]
    /// The longest pause before the second attempt; it doubles with each further one, and is drawn between 0 and that
    /// ("full jitter", https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
    package var backoff = Duration.milliseconds(25)
    /// Of one attempt; nil: what is left of the call's.
    package var attemptTimeout: Duration?
    /// Retries for each hundred calls; more would be a load of its own when all fail.
    package var budget = 20

    package init() {}
}

/// So many repetitions for each hundred calls, and a few to begin with (as Finagle's RetryBudget).
package struct RetryBudget: Sendable {
    private static let scale = 100
    /// Repetitions that a quiet time saves up at most, and that it begins with.
    private static let most = 10

    private let percent: Int
    private var tokens = most * scale

    package init(percent: Int) {
        self.percent = percent
    }

    /// A call begins.
    package mutating func noteCall() { tokens = min(tokens + percent, Self.most * Self.scale) }

    /// Takes one repetition; false when there is none left.
    package mutating func take() -> Bool {
        guard tokens >= Self.scale else { return false }
        tokens -= Self.scale
        return true
    }
}

extension RetrySettings {
    /// The pause before the next attempt; nil when there is to be none.
    ///
    /// - Parameters:
    ///   - attempt: How many there have been.
    ///   - left: Of the call's time.
    package func pause(
        after attempt: Int, failure: Failure?, status: Int?, isIdempotent: Bool, left: Duration,
        using random: inout some RandomNumberGenerator
    ) -> Duration? {
        guard attempt < attempts else { return nil }
        if let failure {
            // Where no connection was made nothing was sent, so anything may be sent again.
            guard failures.contains(failure), isIdempotent || failure.traits.repetition == .unsent else { return nil }
        } else {
            guard let status, statuses.contains(status), isIdempotent else { return nil }
        }
        let longest = backoff.wholeNanoseconds << UInt64(min(attempt - 1, 16))
        let pause = Duration.nanoseconds(Int64(clamping: UInt64.random(in: 0...max(longest, 1), using: &random)))
        return pause < left ? pause : nil
    }
}
