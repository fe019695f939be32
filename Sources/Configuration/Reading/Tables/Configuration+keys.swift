import Access
import Base

extension Configuration {
    /// The keys of the file itself.
    static let keys: [Key<Configuration>] = {
        let row = Rows(Configuration())
        let trusted = TrustedProxies.local.group.text.split(separator: " ").map(String.init)
        return [
            row.own(
                KeyRow(
                    "listen", .oneOrMore(.listenAddress, "address, or a list"),
                    .text(row.usual.sockets.listen.map(\.description).joined(separator: ", ")),
                    """
                    where clients come in: `HOST:PORT`, `"[V6]:PORT"` or `unix:/PATH`; port 0 is any free \
                    one. HTTP/1.1, without TLS: nginx stands in front
                    """
                ).obeyed(by: .supervisor)
            ) { $2.sockets.listen = $0.listen(in: $1) ?? $2.sockets.listen },
            row.plain(
                "admin", \.sockets.admin, .listenAddress,
                """
                statistics and health, read-only. Not for clients: an upstream or a URL of a batch that leads \
                there is refused
                """
            )
            .obeyed(by: .supervisorUntilRestart),
            row.plain("control", \.sockets.control, .socketPath, "the socket of gatewayctl, mode 0600")
                .obeyed(by: .supervisorUntilRestart),
            row.plain(
                "workers", \.workers, .workers,
                "worker processes; `auto`: as many as CPUs that may be used (affinity and cgroup quota)"
            ).obeyed(by: .supervisor),
            row.plain("access_log", \.accessLog, .boolean, "a line for each request on standard output, or in a file")
                .obeyed(by: .worker),
            row.section("log", \.log, LogSettings.keys, "form, level and files of both logs: [below](#logs)").obeyed(
                by: .supervisor),
            row.own(
                KeyRow(
                    "tracing", .section(TracingSettings.keys.map(\.row), or: .null), .said("not set"),
                    "where spans of requests and calls go: [below](#tracing)"
                )
                .obeyed(by: .worker)
            ) { $2.tracing = $0.tracing(in: $1) },
            row.plain("drain", \.lifecycle.drain, .duration, "from the order to leave until what still runs is killed")
                .obeyed(by: .supervisor),
            row.plain(
                "heartbeat_stale", \.lifecycle.heartbeatStale, .duration,
                "a worker whose event loop was silent for so long is aborted and replaced"
            )
            .obeyed(by: .supervisor),
            row.section(
                "restart", \.lifecycle.restart, RestartSettings.keys,
                "when a worker that died is started again: [below](#restart-reload-recycle)"
            ) {
                $0.check($2, in: $1)
            }.obeyed(by: .supervisor),
            row.section(
                "reload", \.lifecycle.reload, ReloadSettings.keys, "how workers are replaced by those of a new file"
            ).obeyed(by: .supervisor),
            row.section(
                "recycle", \.lifecycle.recycle, RecycleSettings.keys, "when a worker has served for long enough"
            )
            .obeyed(by: .supervisor),
            row.section("limits", \.limits, Limits.keys, "of size and time: [below](#limits)").obeyed(by: .worker),
            row.section("names", \.names, NameSettings.keys, "how names of servers are looked up: [below](#names)")
                .obeyed(by: .worker),
            row.own(
                KeyRow(
                    "trusted_proxies",
                    .list(of: .address, "list of addresses, blocks and `unix`", atLeast: 0),
                    .list(trusted.filter { $0 == "unix" } + trusted.filter { $0 != "unix" }),
                    "whose `X-Forwarded-*` are believed: [below](#trusted-proxies)"
                ).obeyed(by: .worker)
            ) { $2.trustedProxies = $0.trustedProxies(in: $1) },
            row.own(
                KeyRow(
                    "upstreams", Form("mapping of names to upstreams", .null, .values(Upstream.keys.map(\.row))),
                    .said(""), "the services that calls go to, up to 128: [upstreams](#upstreams)"
                ).obeyed(by: .worker)),
            row.own(
                KeyRow.required(
                    "routes", Form("list", nil, .elements(RouteDraft.rows)),
                    "at least one, up to 10,000: [routes](#routes)"
                )
                .obeyed(by: .worker)),
        ] + RouteAccess.fileRows.map { row.own($0.obeyed(by: .worker)) }
    }()
}
