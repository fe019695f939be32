import HTTP

extension Limits {
    static let keys: [Key<Limits>] = {
        let row = Rows(Limits())
        let body = ScalarKind.size(upTo: Bounds.body)
        let connections = ScalarKind.count(1...Bounds.connections)
        return [
            row.plain(
                "header_timeout", \.client.times.header, .duration,
                """
                for the header of a request to arrive, and what its body has before `least_rate` counts; later: \
                408
                """),
            row.plain(
                "keepalive_idle", \.client.times.keepAliveIdle, .duration,
                "of a client's connection that waits for its next request; longer than nginx keeps its own (60 s)"),
            row.maybe(
                "connect_timeout", \.connectTimeout, .duration, "not set",
                """
                of a connection to a server, TLS included; the call then fails as `connect`. Not set: the call's \
                timeout alone counts
                """),
            row.plain("request_body", \.client.requests.body, body, "larger: 413"),
            row.plain("response_body", \.responseBody, body, "of each call; larger: it fails as `too_large`"),
            row.plain(
                "header_bytes", \.client.requests.head.headerBytes, .size(upTo: Bounds.headerBytes),
                "of a request's line and fields; more: 431, or 414 for the line alone"),
            row.plain(
                "header_fields", \.client.requests.head.headerFields, .count(1...Bounds.headerFields),
                "of a request; more: 431"),
            row.plain(
                "in_flight", \.inFlight, .count(1...Bounds.inFlight),
                """
                attempts of calls in flight in each worker; one beyond it fails as `overloaded`. From nine \
                tenths on, pages with a required call are made without those that are not, which fail as `shed`
                """),
            row.plain(
                "adaptive", \.isAdaptive, .boolean,
                """
                the workers find out how many fan-out requests they can answer in time, and answer the others \
                503
                """),
            row.plain(
                "least_rate", \.client.leastRate, .size(upTo: Bounds.leastRate),
                """
                of a request's body that comes, after `header_timeout`: slower: 408; and of an answer that \
                waits for its client, after `write_timeout`: slower: closed
                """,
                type: "size a second, to 1MiB"),
            row.plain(
                "write_timeout", \.client.times.write, .duration,
                "in which a client takes nothing of an answer that waits for it; later: closed"),
            row.plain(
                "connections", \.client.connections.atOnce, connections,
                "of clients, in each worker; further ones wait in the socket's queue"),
            row.maybe(
                "connections_per_client", \.client.connections.perClient, connections, "no limit",
                """
                of one client address, in each worker; further ones are closed. Proxies that are trusted are \
                not counted
                """),
            row.maybe(
                "requests_per_connection", \.client.connections.requests, .count(1...Bounds.requestsPerConnection),
                "no limit", "after which a client's connection is closed"),
        ]
    }()
}

extension NameSettings {
    static let keys: [Key<NameSettings>] = {
        let row = Rows(NameSettings())
        return [
            row.plain(
                "age", \.age, .duration,
                "how long addresses are used before the name is looked up again; records at most so long"),
            row.plain(
                "timeout", \.timeout, .duration,
                "how long a lookup may take; the calls that wait for it then fail as `dns`"),
        ]
    }()
}
