import FanOut
import HTTP
import Policy

extension OutlierSettings {
    static let keys: [Key<OutlierSettings>] = {
        let row = Rows(OutlierSettings())
        return [
            row.plain(
                "failures", \.failures, .count(1...Bounds.failures),
                "failures in a row that eject a server, where there are several"),
            row.plain(
                "eject", \.eject, .duration,
                """
                how long it is left out; the n-th time in a row n times as long, up to ten. When it comes back, \
                one more failure is enough
                """),
            row.plain(
                "most_ejected", \.mostEjected, .percent(0...100), "servers that may be out at once; one always may"),
        ]
    }()
}

extension HealthSettings {
    static let keys: [Key<HealthSettings>] = {
        let row = Rows(HealthSettings(path: "/"))
        return [
            row.own(
                .required(
                    "path", .scalar(.target(.init(parameters: [])), "path"),
                    "has to be there: what each server is asked for; 2xx and 3xx are good")),
            row.plain("interval", \.interval, .duration, "between two probes of a server, by whichever worker"),
            row.plain("timeout", \.timeout, .duration, "of a probe"),
            row.plain("rise", \.rise, .count(1...Bounds.failures), "good answers in a row that bring a server back"),
            row.plain("fall", \.fall, .count(1...Bounds.failures), "bad ones in a row that take it out"),
        ]
    }()
}

extension CircuitBreakerSettings {
    static let keys: [Key<CircuitBreakerSettings>] = {
        let row = Rows(CircuitBreakerSettings())
        let hasRatio: @Sendable (Surroundings) -> Bool = { $0.beside["ratio"] != nil }
        return [
            row.plain(
                "failures", \.failures, .count(1...Bounds.failures),
                """
                failures in a row, of all servers together, that open the circuit: calls then fail as \
                `circuit_open` at once
                """),
            row.maybe(
                "ratio", \.ratio, .percent(1...100), "not set", "opens it too: the part of a window's calls that failed"
            ),
            row.plain(
                "minimum_calls", \.minimumCalls, .count(1...Bounds.minimumCalls),
                "calls that a window must have before its ratio counts"
            ).filled(where: hasRatio),
            row.plain("window", \.window, .duration, "the window of the ratio").filled(where: hasRatio),
            row.plain(
                "open", \.open, .duration,
                "how long it is open; one call then tries, and closes it or opens it for as long again"),
        ]
    }()
}

extension RetrySettings {
    static let keys: [Key<RetrySettings>] = {
        let row = Rows(RetrySettings())
        let reasons = row.usual.failures.map(\.name).sorted() + row.usual.statuses.sorted().map { "\($0)" }
        return [
            row.plain("attempts", \.attempts, .count(1...Bounds.attempts), "in all, the first included"),
            row.own(
                KeyRow(
                    "on", .list(of: .retryReason, "list"), .list(reasons),
                    """
                    what is made again: `connect`, `dns`, `tls`, `reset`, `timeout`, `protocol`, and statuses from \
                    400 to 599
                    """)
            ) {
                $0.reasons(in: $1, into: &$2)
            },
            row.plain(
                "backoff", \.backoff, .duration,
                """
                the longest pause before the second attempt; doubles with each further one. The pause is drawn \
                between 0 and that ([full \
                jitter](https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/))
                """),
            row.maybe(
                "attempt_timeout", \.attemptTimeout, .duration, "what is left",
                "of one attempt; `timeout` is then one of `retry.on`"),
            row.plain(
                "budget", \.budget, .percent(0...100),
                "repetitions for each hundred calls; a quiet time saves up ten at most"),
        ]
    }()
}

extension HedgeSettings {
    static let keys: [Key<HedgeSettings>] = {
        let row = Rows(HedgeSettings(after: .percentile(95)))
        return [
            row.own(
                .required(
                    "after", .scalar(.hedgeAfter),
                    """
                    has to be there: how long a call waits before its one copy goes out; a percentile is of how long \
                    the upstream's calls take, once 64 are seen
                    """)),
            row.plain("budget", \.budget, .percent(1...100), "copies for each hundred calls, saved up likewise"),
        ]
    }()
}

extension CacheSettings {
    static let keys: [Key<CacheSettings>] = {
        let row = Rows(CacheSettings())
        return [
            row.maybe(
                "ttl", \.ttl, .duration, "not set",
                "for how long an answer is fresh that does not say it itself; not set: it is not kept"),
            // No duration that a file can write is as short as their defaults: not at all.
            row.own(
                KeyRow(
                    "stale_if_error", .scalar(.duration), .said("not at all"),
                    """
                    so long after that it stands in for 500, 502, 503 and 504 (RFC 5861 section 4), and where no \
                    answer came: `timeout`, `connect`, `dns`, `tls`, `reset`, `protocol`, `circuit_open`, \
                    `overloaded`
                    """)
            ) {
                $2.staleIfError = $0.scalar(.duration, "stale_if_error", in: $1) ?? $2.staleIfError
            },
            row.own(
                KeyRow(
                    "stale_while_revalidate", .scalar(.duration), .said("not at all"),
                    "so long after that it is used while one call fetches it anew (RFC 5861 section 3)")
            ) {
                $2.staleWhileRevalidate =
                    $0.scalar(.duration, "stale_while_revalidate", in: $1) ?? $2.staleWhileRevalidate
            },
            row.plain(
                "max_bytes", \.maxBytes, .size(upTo: Bounds.cacheBytes),
                """
                of all that is kept, in each worker; what was not used for longest goes first, and what is \
                larger than an eighth is not kept
                """),
        ]
    }()
}
