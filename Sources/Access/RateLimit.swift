package import Base

/// How many requests a route takes: a steady rate, and a burst above it (`rate_limit:`).
///
/// Decided by the generic cell rate algorithm (ITU-T I.371, annex A: virtual scheduling). It admits what a token bucket
/// of `burst` tokens admits that fills at the rate, and needs no more state than one point in time, when the bucket is
/// full again: in any span of time at most `burst` requests pass, and as many as the rate has in that span.
package struct RateLimit: Sendable, Hashable {
    package let rate: Rate
    /// Requests that may come at once after a pause; at least 1.
    package let burst: Int
    /// Who shares a bucket.
    package let key: Key

    /// What one request takes of the bucket, in nanoseconds.
    ///
    /// Rounded up, so that never more than the rate pass; for N requests a second at most N parts in 10⁹ fewer do.
    private let interval: UInt64
    /// How far ahead of now the bucket may be full and a request still passes, in nanoseconds.
    private let tolerance: UInt64

    /// - Parameter burst: Nil: as many as the rate has in a second, at least 1.
    package init(rate: Rate, burst: Int? = nil, key: Key = .route) {
        self.rate = rate
        self.burst = max(1, burst ?? rate.perSecond)
        self.key = key
        interval = rate.interval
        let (product, overflow) = interval.multipliedReportingOverflow(by: UInt64(self.burst - 1))
        tolerance = overflow ? Self.longest : min(product, Self.longest)
    }

    /// The longest that a bucket may take to fill: a day.
    ///
    /// So a time further ahead than that is none that a limit has set.
    package static let longest: UInt64 = 86_400_000_000_000

    /// What becomes of a request.
    package enum Decision: Sendable, Hashable {
        /// It passes, if the bucket's time is set to this.
        case admitted(full: MonotonicTime)
        /// It does not, and would after this long.
        case refused(wait: Duration)
    }

    /// Decides on one request.
    ///
    /// - Parameters:
    ///   - full: When the bucket is full again; any time in the past for one that is.
    ///   - now: Need not be in order: a request that is late is taken for one that came when the one before it did.
    package func decide(full: MonotonicTime, now: MonotonicTime) -> Decision {
        let (full, now) = (full.nanoseconds, now.nanoseconds)
        let ahead = full > now ? full - now : 0
        guard ahead <= tolerance else {
            return .refused(wait: .nanoseconds(Int64(clamping: ahead - tolerance)))
        }
        return .admitted(full: MonotonicTime(nanoseconds: max(full, now) &+ interval))
    }
}

extension RateLimit {
    /// So many requests in a second, a minute or an hour.
    package struct Rate: Sendable, Hashable {
        /// The time that a rate is given for, by its sign.
        package enum Unit: String, Sendable, CaseIterable {
            case second = "s"
            case minute = "m"
            case hour = "h"

            fileprivate var seconds: UInt64 {
                switch self {
                case .second: 1
                case .minute: 60
                case .hour: 3_600
                }
            }
        }

        package let count: Int
        package let unit: Unit

        /// Nil for less than one an hour and for more than a million a second, which a clock of nanoseconds cannot pace.
        package init?(_ count: Int, per unit: Unit) {
            guard count > 0, UInt64(count) <= unit.seconds * 1_000_000 else { return nil }
            self.count = count
            self.unit = unit
        }

        /// Nanoseconds from one request to the next, rounded up.
        fileprivate var interval: UInt64 {
            let (interval, rest) = (unit.seconds * 1_000_000_000).quotientAndRemainder(dividingBy: UInt64(count))
            return rest == 0 ? interval : interval + 1
        }

        /// Whole requests in a second.
        fileprivate var perSecond: Int { count / Int(unit.seconds) }

        /// The largest burst with this rate: what it has in a day, and a million.
        package var burstLimit: Int { min(1_000_000, Int(RateLimit.longest / interval)) }

        /// As a configuration writes it, such as `100/s`.
        package var text: String { "\(count)/\(unit.rawValue)" }
    }

    /// Who shares a bucket.
    package enum Key: Sendable, Hashable {
        /// All requests of the route.
        case route
        /// Those of one client, by its address.
        case client
        /// Those with API keys of the same name.
        case apiKey
        /// Those with the same value in the header field of this name; those without one share a bucket.
        case header(String)

        /// As a configuration writes it.
        package var text: String {
            switch self {
            case .route: "route"
            case .client: "client"
            case .apiKey: "api_key"
            case .header(let name): "header.\(name)"
            }
        }
    }
}
