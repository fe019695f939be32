package import Configuration

/// Decides when a worker has served for long enough.
///
/// Pure: what it has used up and a random number of its own come in, a reason comes out.
package struct RecyclePolicy: Sendable {
    /// What a worker has used up.
    package struct Used: Sendable, Hashable {
        package var requests: UInt64
        package var lifetime: Duration
        /// Nil when it cannot be told.
        package var residentBytes: UInt64?

        package init(requests: UInt64, lifetime: Duration, residentBytes: UInt64?) {
            self.requests = requests
            self.lifetime = lifetime
            self.residentBytes = residentBytes
        }
    }

    private let settings: RecycleSettings

    package init(_ settings: RecycleSettings) {
        self.settings = settings
    }

    /// Why it is to be recycled, such as "10000 requests"; nil when it is not.
    ///
    /// `jitter` is a random number from 0 up to 1 that the worker keeps: it is recycled up to a tenth before its limit of
    /// requests or of time, so that workers that started together do not leave together. Memory has no such margin.
    package func reason(for used: Used, jitter: Double) -> String? {
        let share = 1 - jitter / 10
        if let limit = settings.maxRequests, Double(used.requests) >= Double(limit) * share {
            return "\(used.requests) requests"
        }
        if let limit = settings.maxLifetime, used.lifetime >= limit * share {
            return "a lifetime of \(used.lifetime.components.seconds) s"
        }
        if let limit = settings.maxRSS, let bytes = used.residentBytes, bytes >= UInt64(limit) {
            return "\(bytes >> 10) KiB of memory"
        }
        return nil
    }
}
