/// Clients' connections.
package enum ConnectionCounter: Int, CounterTable {
    case active, accepted

    package var row: CounterRow {
        switch self {
        case .active:
            CounterRow("gateway_connections_active", .gauge, member: "active", "Clients' connections that are open.")
        case .accepted:
            CounterRow(
                "gateway_connections_accepted_total", .counter, member: "accepted_total",
                "Clients' connections accepted.")
        }
    }
}

/// Requests of clients.
package enum RequestCounter: Int, CounterTable {
    /// Those that died with a worker are in here and in no class.
    case total
    case inFlight

    package var row: CounterRow {
        switch self {
        case .total:
            CounterRow(
                "gateway_requests_started_total", .counter, member: "total",
                "Requests begun; those that died with a worker are in no class.")
        case .inFlight:
            CounterRow(
                "gateway_requests_in_flight", .gauge, member: "in_flight", "Requests begun and not answered yet.")
        }
    }
}

/// Requests that were refused; they are among those of their class as well.
package enum RefusalCounter: Int, CounterTable {
    case rateLimited
    /// A call that they need could not be made, or there were too many.
    case refused

    package var row: CounterRow {
        switch self {
        case .rateLimited:
            CounterRow(
                "gateway_requests_rate_limited_total", .counter, member: "rate_limited",
                "Requests refused because of a rate limit; among the 4xx as well.")
        case .refused:
            CounterRow(
                "gateway_requests_refused_total", .counter, member: "refused",
                "Requests refused for want of a call that they need, or because of too many; among the 5xx as well.")
        }
    }
}

/// Calls to all upstreams together.
package enum CallCounter: Int, CounterTable {
    case total, inFlight

    package var row: CounterRow {
        switch self {
        case .total: CounterRow("gateway_calls_total", .counter, member: "total", "Calls to upstreams begun.")
        case .inFlight:
            CounterRow("gateway_calls_in_flight", .gauge, member: "in_flight", "Calls begun and not settled yet.")
        }
    }
}

/// Lines of the access log.
package enum AccessLogCounter: Int, CounterTable {
    case linesDropped

    package var row: CounterRow {
        CounterRow(
            "gateway_access_log_lines_dropped_total", .counter, member: "lines_dropped",
            "Lines of the access log that nobody took.")
    }
}

/// Spans for a collector.
package enum SpanCounter: Int, CounterTable {
    case exported, dropped

    package var row: CounterRow {
        switch self {
        case .exported:
            CounterRow(
                "gateway_trace_spans_exported_total", .counter, member: "spans_exported",
                "Spans that the collector has taken.")
        case .dropped:
            CounterRow(
                "gateway_trace_spans_dropped_total", .counter, member: "spans_dropped",
                "Spans for which there was no room, or no collector.")
        }
    }
}
