/// Calls to one upstream.
package enum UpstreamCallCounter: Int, CounterTable {
    case total, inFlight

    package var row: CounterRow {
        switch self {
        case .total: CounterRow("gateway_upstream_calls_total", .counter, member: "calls_total", "Calls begun.")
        case .inFlight:
            CounterRow(
                "gateway_upstream_calls_in_flight", .gauge, member: "in_flight", "Calls begun and not settled yet.")
        }
    }
}

/// What an upstream's policies did about its calls.
package enum AttemptCounter: Int, CounterTable {
    case retries, hedges, hedgesWon

    package var row: CounterRow {
        switch self {
        case .retries:
            CounterRow(
                "gateway_upstream_retries_total", .counter, member: "retries_total",
                "Attempts after the first, for failures.")
        case .hedges:
            CounterRow(
                "gateway_upstream_hedges_total", .counter, member: "hedges_total",
                "Copies sent because the first attempt was slow.")
        case .hedgesWon:
            CounterRow(
                "gateway_upstream_hedges_won_total", .counter, member: "hedges_won_total",
                "Copies that were faster than the first attempt.")
        }
    }
}

/// Calls that equal ones of other requests were made for.
package enum SharingCounter: Int, CounterTable {
    case coalesced

    package var row: CounterRow {
        CounterRow(
            "gateway_upstream_coalesced_total", .counter, member: "coalesced",
            "Calls that waited for the answer to another one.")
    }
}

/// What is kept of an upstream's answers.
package enum CacheCounter: Int, CounterTable {
    case hits, misses, stale, bytes

    package var row: CounterRow {
        switch self {
        case .hits:
            CounterRow(
                "gateway_upstream_cache_hits_total", .counter, member: "hits", "Calls answered from what is kept.")
        case .misses:
            CounterRow(
                "gateway_upstream_cache_misses_total", .counter, member: "misses",
                "Calls made for want of a kept answer.")
        case .stale:
            CounterRow(
                "gateway_upstream_cache_stale_total", .counter, member: "stale",
                "Calls answered with what was fresh no more.")
        case .bytes:
            CounterRow("gateway_upstream_cache_bytes", .gauge, member: "bytes", "Bytes of answers that are kept.")
        }
    }
}
