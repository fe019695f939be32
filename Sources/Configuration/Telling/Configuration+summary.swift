import Access
import Base
import FanOut
import HTTP
import Policy

extension Configuration {
    /// What `gatewayd check` says that it would run: a line per listener, upstream, route and call.
    package var summary: String {
        var lines = [
            "listen     " + sockets.listen.map(\.description).joined(separator: ", "),
            "admin      \(sockets.admin)",
            "control    \(sockets.control)",
            "workers    \(workers)",
            "access log \(accessLog ? "on" : "off")",
            "drain      \(lifecycle.drain.configurationText)",
        ]
        if let text = log.summary { lines.append("log        " + text) }
        if let tracing { lines.append("tracing    " + tracing.summary) }
        if lifecycle.reload != ReloadSettings() { lines.append("reload     " + reloadText) }
        if let text = recycleText { lines.append("recycle    " + text) }
        if limits.inFlight != Limits().inFlight {
            lines.append("in flight  at most \(limits.inFlight) calls per worker")
        }
        if names != NameSettings() {
            let texts = (names.age.configurationText, names.timeout.configurationText)
            lines.append("names      age \(texts.0), timeout \(texts.1)")
        }
        if trustedProxies != .local {
            let trusted = trustedProxies.group.text
            lines.append("trusted    " + (trusted.isEmpty ? "nobody" : trusted))
        }
        lines.append("upstreams")
        for upstream in upstreams { lines.append(Self.line(of: upstream)) }
        lines.append("routes")
        for route in routes { lines += Self.lines(of: route, upstreams: upstreams) }
        return lines.joined(separator: "\n")
    }

    private var reloadText: String {
        "canary \(lifecycle.reload.canary.configurationText)" + (lifecycle.reload.probe.map { ", probe \($0)" } ?? "")
    }

    /// When a worker is recycled; nil for never.
    private var recycleText: String? {
        let recycle = lifecycle.recycle
        guard recycle.isOn else { return nil }
        let limits = [
            recycle.maxRequests.map { "\($0) requests" }, recycle.maxLifetime.map(\.configurationText),
            recycle.maxRSS.map { "\(Quantity.size.text(UInt64($0))) of memory" },
        ]
        return "after " + limits.compactMap(\.self).joined(separator: ", or ")
    }

    private static func line(of upstream: Upstream) -> String {
        let (settings, usual) = (upstream.settings, UpstreamSettings())
        var traits: [String] = []
        if settings.engine != usual.engine { traits.append("engine \(settings.engine.rawValue)") }
        if let timeout = settings.connectTimeout { traits.append("connect timeout \(timeout.configurationText)") }
        if let limit = settings.admission.maxInFlight {
            traits.append("at most \(limit) in flight and \(settings.admission.maxQueue) waiting")
        }
        let keepalive = settings.keepalive
        if keepalive.idle != usual.keepalive.idle {
            traits.append("keepalive idle \(keepalive.idle.configurationText)")
        }
        if keepalive.connections != usual.keepalive.connections {
            traits.append("keepalive connections \(keepalive.connections)")
        }
        traits += Self.traits(of: settings.tls)
        if settings.asksForCompression { traits.append("compression") }
        traits += policies(of: settings, health: upstream.health)
        let servers = zip(upstream.servers, upstream.weights).map {
            $1 == Upstream.usualWeight ? $0.text : "\($0.text) × \($1)"
        }
        return "  \(upstream.name): " + servers.joined(separator: ", ") + suffix(traits)
    }

    private static func traits(of tls: TLSSettings) -> [String] {
        var traits: [String] = []
        if let file = tls.authorities { traits.append("tls ca \(file)") }
        if let file = tls.certificate { traits.append("client certificate \(file)") }
        if let name = tls.serverName { traits.append("server name \(name)") }
        if !tls.pins.isEmpty { traits.append(tls.pins.count == 1 ? "1 pin" : "\(tls.pins.count) pins") }
        return traits
    }

    private static func policies(of settings: UpstreamSettings, health: HealthSettings?) -> [String] {
        let usual = UpstreamSettings()
        var traits: [String] = []
        if settings.balance != usual.balance { traits.append("balance \(settings.balance.rawValue)") }
        if settings.outlier != usual.outlier {
            let texts = (settings.outlier.failures, settings.outlier.eject.configurationText)
            traits.append("ejects for \(texts.1) after \(texts.0) failures")
        }
        if let health {
            traits.append("health \(health.path) every \(health.interval.configurationText)")
        }
        if let breaker = settings.breaker {
            traits.append(
                "circuit breaker open for \(breaker.open.configurationText) after \(breaker.failures) failures")
        }
        if let retry = settings.attempts.retry { traits.append("\(retry.attempts) attempts within \(retry.budget)%") }
        if let hedge = settings.attempts.hedge {
            let after =
                switch hedge.after {
                case .fixed(let delay): delay.configurationText
                case .percentile(let percent): "p\(percent)"
                }
            traits.append("hedged after \(after) within \(hedge.budget)%")
        }
        if let field = settings.deadlineField { traits.append("deadline in \(field)") }
        if settings.sharing.coalesces { traits.append("coalesces") }
        if let cache = settings.sharing.cache { traits.append(cache.summary) }
        return traits
    }

    /// What differs from the defaults, in parentheses.
    private static func suffix(_ traits: [String]) -> String {
        traits.isEmpty ? "" : " (\(traits.joined(separator: ", ")))"
    }

    private static func traits(of proxy: ProxyRoute) -> String {
        var traits: [String] = []
        if proxy.strippedSegments > 0 { traits.append("without its first \(proxy.strippedSegments) segments") }
        switch proxy.host {
        case .upstream: break
        case .preserve: traits.append("host as sent")
        case .name(let name): traits.append("host \(name)")
        }
        if let timeout = proxy.responseTimeout { traits.append("response \(timeout.configurationText)") }
        if proxy.maxBody < .max { traits.append("body \(Quantity.size.text(UInt64(proxy.maxBody)))") }
        if let idle = proxy.webSocketIdle { traits.append("websocket idle \(idle.configurationText)") }
        return traits.isEmpty ? "" : " (\(traits.joined(separator: ", ")))"
    }

    private static func lines(of route: Route, upstreams: [Upstream]) -> [String] {
        let timeout = route.timeout.configurationText
        let head =
            "  \(route.methods.joined(separator: ",")) \(route.path.text) (timeout \(timeout)" + policies(of: route)
        switch route.action {
        case .fanOut(let fanOut):
            let conflict = fanOut.mergeTraits.takesConflictRule ? ", on_conflict \(fanOut.onConflict.rawValue)" : ""
            let quorum = fanOut.quorum > 0 ? ", quorum \(fanOut.quorum)" : ""
            return ["\(head), merge \(fanOut.merge.rawValue)\(conflict)\(quorum))"]
                + fanOut.calls.map { line(of: $0, in: fanOut, upstreams: upstreams) }
        case .respond(let response):
            return ["\(head)) respond \(response.status)"]
        case .proxy(let proxy):
            let name = upstreams[proxy.upstream].name
            return ["\(head)) proxy to \(name)\(proxy.target.map { " " + $0.text } ?? "")\(traits(of: proxy))"]
        case .batch(let batch):
            return [
                "\(head)) batch of at most \(batch.max) URLs, each within \(batch.timeout.configurationText), "
                    + "of \(batch.allow.map(\.description).joined(separator: ", "))"
                    + (batch.allowsPrivate ? ", private addresses too" : "")
            ]
        }
    }

    /// What holds for all requests of a route, after its timeout.
    private static func policies(of route: Route) -> String {
        var traits = route.access?.traits ?? []
        if let limit = route.rateLimit {
            traits.append("rate_limit \(limit.rate.text) burst \(limit.burst) key \(limit.key.text)")
        }
        return traits.map { ", " + $0 }.joined()
    }

    private static func line(of call: Call, in route: FanOutRoute, upstreams: [Upstream]) -> String {
        var traits: [String] = []
        if let timeout = call.timeout { traits.append("timeout \(timeout.configurationText)") }
        if call.isRequired { traits.append("required") }
        if call.fallback != nil { traits.append("fallback") }
        if call.accepted.kind != .json { traits.append("as \(call.accepted.kind.rawValue)") }
        if call.accepted.statuses != .successful { traits.append("expects \(call.accepted.statuses)") }
        if let bytes = call.accepted.maxBody { traits.append("max_body \(Quantity.size.text(UInt64(bytes)))") }
        if !call.inputs.isEmpty {
            traits.append("after " + call.inputs.map { route.calls[$0].name }.joined(separator: " and "))
        }
        if call.accepted.standard != nil { traits.append("default") }
        if call.accepted.shape != nil { traits.append("shaped") }
        if !call.accepted.passedBack.isEmpty {
            traits.append("passes back " + call.accepted.passedBack.joined(separator: ", "))
        }
        let method = call.request.map { ($0.method ?? "the request's method") + " " } ?? ""
        return "    \(call.name): \(upstreams[call.upstream].name) \(method)\(call.target.text)\(suffix(traits))"
    }
}

extension RouteAccess {
    /// Who may, as `gatewayd check` and `explain` tell it.
    var traits: [String] {
        var traits: [String] = []
        if let addresses { traits.append(addresses.text) }
        if let keys { traits.append("one of \(keys.keys.count) API keys in \(keys.header)") }
        if let tokens {
            let algorithms = tokens.demands.algorithms.map(\.rawValue).joined(separator: " ")
            traits.append(
                "a token (\(algorithms)) in \(tokens.header)" + (tokens.demands.issuer.map { " of \($0)" } ?? ""))
        }
        if let cors {
            let origins = cors.origins.map { $0.sorted().joined(separator: " ") } ?? "all origins"
            traits.append("cors for \(origins)" + (cors.allowsCredentials ? " with credentials" : ""))
        }
        return traits
    }
}
