/// Which requests the access log has a line for: those that failed or were slow always, of the others a sample.
package struct AccessLogRule: Sendable, Hashable {
    package var sample: SampleRate
    /// From when on a request is slow; nil: from half of its route's time.
    package var slow: Duration?

    package init(sample: SampleRate = .all, slow: Duration? = nil) {
        self.sample = sample
        self.slow = slow
    }

    /// Whether a request is written.
    ///
    /// - Parameters:
    ///   - hasFailures: Whether a call of it failed.
    ///   - limit: Its route's timeout; nil where it has no route.
    ///   - random: A number of its own, evenly spread.
    package func writes(
        status: Int, hasFailures: Bool, elapsed: Duration, limit: Duration?, random: @autoclosure () -> UInt64
    ) -> Bool {
        if sample == .all || hasFailures || status >= 500 { return true }
        if let slow = slow ?? limit.map({ $0 / 2 }), elapsed > slow { return true }
        return sample.takes(random())
    }
}
