import HTTP
import Policy

extension Upstream {
    static let keys: [Key<Upstream>] = {
        let row = Rows(Upstream(name: "", servers: []))
        /// Where there is one server there is nothing to choose and nobody to leave out.
        let isShared: @Sendable (Surroundings) -> Bool = { around in
            guard case .sequence(let servers)? = around.beside["servers"]?.content else {
                return around.beside["servers"]?.isService ?? false
            }
            return servers.count > 1 || servers.contains { $0.isService }
        }
        return [
            row.own(
                .required(
                    "servers",
                    Form("list of 1 to \(Bounds.servers), or one", .serverURL, .elements(ServerAddress.rows)),
                    """
                    `http://` or `https://` URLs, with a base path or none, or `{ url, weight }`; or \
                    `srv+http://` or `srv+https://` and the name of a service [whose records say the \
                    servers](#servers-by-records)
                    """)),
            row.plain(
                "balance", \.settings.balance, .word,
                """
                who has the next call: `round_robin` (in turn), `least_in_flight` (who has the fewest calls for \
                its weight), `p2c` (the better of two that are drawn)
                """, type: "word"
            ).filled(where: isShared),
            row.section(
                "outlier", \.settings.outlier, OutlierSettings.keys,
                "when a server that fails is left out: [below](#servers-that-fail)"
            ).filled(where: isShared),
            row.own(
                KeyRow(
                    "health", .section(HealthSettings.keys.map(\.row), or: .null), .said("none"),
                    "how servers are asked whether they are well")
            ) {
                $2.health = $0.health(in: $1)
            },
            row.own(
                KeyRow(
                    "circuit_breaker", .section(CircuitBreakerSettings.keys.map(\.row), or: .null),
                    .emptyMapping(said: "none"), "when no call is made for a while; `{}` has the defaults")
            ) { $2.settings.breaker = $0.breaker(in: $1) },
            row.own(
                KeyRow(
                    "retry", .section(RetrySettings.keys.map(\.row), or: .null), .emptyMapping(said: "see below"),
                    "[when a call is made again](#further-attempts); `{}` has the defaults")
            ) { $2.settings.attempts.retry = $0.retry(in: $1) },
            row.own(
                KeyRow(
                    "hedge", .section(HedgeSettings.keys.map(\.row), or: .null), .said("none"),
                    "when a copy of a slow call is sent")
            ) {
                $2.settings.attempts.hedge = $0.hedge(in: $1)
            },
            row.own(
                KeyRow(
                    "deadline_header", .scalar(.name), .said("none"),
                    "a field that tells servers how many milliseconds are left of the call's and the route's time")
            ) {
                $2.settings.deadlineField = $0.deadlineField(in: $1)
            },
            row.plain(
                "coalesce", \.settings.sharing.coalesces, .boolean,
                "equal GET calls that run at once [are made once](#calls-made-once)"),
            row.own(
                KeyRow(
                    "cache", .section(CacheSettings.keys.map(\.row), or: .null), .emptyMapping(said: "none"),
                    "answers to GET are kept; `{}` has the defaults")
            ) { $2.settings.sharing.cache = $0.cache(in: $1) },
            row.plain(
                "engine", \.settings.engine, .word,
                """
                `auto` takes what is fastest and can do what the call needs; `libcurl` moves every call by \
                libcurl
                """, type: "word"),
            row.maybe(
                "connect_timeout", \.settings.connectTimeout, .duration, "`limits.connect_timeout`",
                "for a connection to one of its servers, TLS included; the call then fails as `connect`"),
            row.maybe(
                "max_in_flight", \.settings.admission.maxInFlight, .count(1...Bounds.inFlight), "no limit",
                "attempts of calls in flight to all servers together, in each worker"),
            row.plain(
                "max_queue", \.settings.admission.maxQueue, .count(0...Bounds.inFlight),
                """
                those that wait, in each worker, for one of `max_in_flight` to end; one beyond it fails as \
                `overloaded`
                """
            )
            .filled { $0.beside["max_in_flight"] != nil },
            row.section(
                "keepalive", \.settings.keepalive, UpstreamSettings.Keepalive.keys,
                "how connections wait for their next call"),
            row.section(
                "tls", \.settings.tls, TLSSettings.keys,
                "[who the servers are and who asks them](#tls-of-an-upstream), for https servers"
            ) { $0.check($2, in: $1) },
            row.plain("compression", \.settings.asksForCompression, .boolean, "whether calls ask for gzip and br"),
        ]
    }()
}

extension UpstreamSettings.Keepalive {
    static let keys: [Key<Self>] = {
        let row = Rows(UpstreamSettings().keepalive)
        return [
            row.plain("idle", \.idle, .duration, "the idle age after which one is closed"),
            row.plain(
                "connections", \.connections, .count(0...Bounds.inFlight),
                "idle ones to each server, in each worker; 0 keeps none"),
        ]
    }()
}

extension TLSSettings {
    static let keys: [Key<TLSSettings>] = {
        let row = Rows(TLSSettings())
        return [
            row.maybe(
                "ca", \.authorities, .filePath, "the system's", "a PEM file with the authorities to trust instead"),
            row.maybe(
                "client_certificate", \.certificate, .filePath, "none",
                """
                a PEM file with the certificate to show, and those between it and its authority; wants \
                `client_key`
                """),
            row.maybe("client_key", \.key, .filePath, "none", "a PEM file with its private key, without a passphrase"),
            row.maybe(
                "server_name", \.serverName, .serverName, "the URL's host",
                """
                what servers are asked for (SNI) and what their certificates have to be for; `Host` stays as it \
                is
                """),
            row.own(
                KeyRow(
                    "pins", .oneOrMore(.pin, "list"), .said("any key"),
                    "digests of public keys, such as `sha256//…`, of which the server's has to be one")
            ) {
                $2.pins = $0.pins(in: $1)
            },
        ]
    }()
}

extension ServerAddress {
    /// The keys of a server that is no URL alone.
    static let rows: [KeyRow] = [
        .required("url", .scalar(.server), "of one server"),
        KeyRow(
            "weight", .scalar(.count(1...Bounds.weight)), .text("\(Upstream.usualWeight)"),
            "its part of the calls, beside those of the others"
        )
        .filled { $0.beside["url"]?.isService == false },
    ]
}

extension YAMLValue {
    /// Whether it is the URL of a service, or `{ url }` with one.
    fileprivate var isService: Bool {
        switch content {
        case .scalar(let scalar): scalar.text.lowercased().hasPrefix("srv+")
        case .mapping: byKey["url"]?.isService ?? false
        case .sequence, .invalid: false
        }
    }
}

extension JSONTree {
    /// One server, alone or in a list.
    fileprivate static var serverURL: JSONTree { either([ScalarKind.server.schema, substituted]) }
}
