import Access
import FanOut
import HTTP

extension RouteDraft {
    /// The keys of a route.
    static let rows: [KeyRow] =
        [
            .required(
                "path", .scalar(.pathTemplate),
                "literal segments, `{name}` for one segment, a trailing `*` for the rest"),
            KeyRow(
                "methods",
                .oneOrMore(ScalarKind.methods, "list, or one"),
                .made(said: "`[GET]`", by: { .list(ConfigurationReader.usualMethods(for: $0.action)) }),
                """
                `GET`, `HEAD`, `POST`, `PUT`, `PATCH`, `DELETE`, `OPTIONS`; GET also serves HEAD (RFC 9110 \
                section 9.3.2). `batch`: `[POST]`; `proxy`: all
                """),
            KeyRow(
                "timeout", .scalar(.duration),
                .made(said: "`\(Defaults.routeTimeout.configurationText)`") { around in
                    let usual = around.action == "batch" ? Defaults.batchTimeout : Defaults.routeTimeout
                    return around.beside["batch"]?.byKey["timeout"] ?? .scalar(usual.configurationText)
                }, "from the request's last byte to the answer; `batch`: that of each URL"),
            KeyRow(
                "merge", .scalar(ScalarKind<MergeMode>.word, "word"), .text(Defaults.merge.rawValue),
                "how: `group`, `object`, `array`, `envelope` or `stream`: [answers](#answers)"
            )
            .filled { $0.action == "fan_out" },
            KeyRow(
                "on_conflict", .scalar(ScalarKind<ConflictRule>.word, "word"), .text(Defaults.onConflict.rawValue),
                """
                with `merge: object`, who wins a key that two calls carry: `last`, `first`, `error`, `deep` \
                or `append`
                """
            ).filled { $0.action == "fan_out" && $0.has("merge", MergeMode.object.rawValue) },
            KeyRow(
                "quorum", .scalar(.count(1...Bounds.calls), "1 to the number of calls"), .said("all calls"),
                """
                so many successes are enough, with all required calls; the rest is cancelled. With fewer the \
                answer is an error
                """),
            KeyRow(
                "debug", .scalar(.boolean), .text("false"), "the answer tells in `X-Gateway-Trace` how each call went"
            ).filled { $0.action == "fan_out" },
            KeyRow(
                "quarantine", .scalar(.boolean), .text("false"),
                "answered 503 for a minute when three crashes of workers in a row have this route alone in common"),
            KeyRow(
                "rate_limit", .section(RateLimit.rows), .said("none"),
                "more requests than that are answered 429, before any call: [below](#rate-limits)"),
            KeyRow(
                "fan_out", Form("list of 1 to \(Bounds.calls)", nil, .elements(CallScope.rows)), .said(""),
                "[calls](#calls) that run at once, and whose answers become one"),
            KeyRow(
                "proxy", .section(ProxyRoute.rows), .said(""),
                "one upstream, whose answer goes on to the client as it comes: [proxy routes](#proxy-routes)"),
            KeyRow("batch", .section(BatchRoute.rows), .said(""), "the caller names the URLs: [below](#batch)"),
            KeyRow(
                "respond", .section(Response.rows), .said(""), "an answer that stands in the file; no upstream is asked"
            ),
        ] + RouteAccess.routeRows
}

extension Surroundings {
    /// What a route does, by its key.
    fileprivate var action: String? { ConfigurationReader.actions.first { beside[$0] != nil } }
}

extension ProxyRoute {
    static let rows: [KeyRow] = {
        let usual = ProxyRoute(upstream: 0, target: nil, idle: Defaults.proxyIdle)
        return [
            .required("upstream", .scalar(.name), "has to be there"),
            KeyRow(
                "path", .scalar(.target(.init(parameters: []))), .said("the request's path"),
                "the path rewritten: what the upstream is asked for; the request's query follows it"),
            KeyRow(
                "strip_prefix", .scalar(.filePath), .said("none"),
                "the beginning of the route's path, up to a slash, that the upstream does not hear of"),
            KeyRow(
                "host", .scalar(.hostPolicy), .text(ScalarKind.hostPolicy.text(usual.host)),
                "what the upstream is told as `Host`: the server's own, what the client said, or this"),
            KeyRow(
                "max_body", .scalar(.size(upTo: Bounds.proxyBody), "size"), .said("unlimited"),
                """
                a longer request body is answered 413; `limits.request_body` is for routes that read bodies \
                whole
                """),
            KeyRow(
                "response_timeout", .scalar(.duration), .said("the route's `timeout`"),
                "from the request's last byte until the answer begins"),
            KeyRow(
                "idle", .scalar(.duration), .text(usual.idle.configurationText),
                "how long a body may pause, of the request or of the answer"),
            KeyRow("websocket", .scalar(.boolean), .text("false"), "an `Upgrade` to `websocket` is passed on"),
            KeyRow(
                "websocket_idle", .scalar(.duration), .text(Defaults.webSocketIdle.configurationText),
                "how long a WebSocket may be silent both ways"
            ).filled { $0.beside["websocket"].map { !$0.isFalse } ?? false },
        ]
    }()
}

extension BatchRoute {
    static let rows: [KeyRow] = [
        .required(
            "allow", .list(of: .urlPattern, "list of patterns"), "has to be there: the URLs that callers may name"),
        KeyRow(
            "max", .scalar(.count(1...Bounds.batchURLs)), .text("\(Defaults.batchMax)"),
            "URLs in one request; more: 400"),
        KeyRow(
            "timeout", .scalar(.duration), .text(Defaults.batchTimeout.configurationText), "of each URL"),
        KeyRow(
            "private", .scalar(.boolean), .text("false"),
            """
            whether addresses in special ranges may be connected to (RFC 6890: private, loopback, link-local and \
            such)
            """),
    ]
}

extension Response {
    static let rows: [KeyRow] = [
        KeyRow("status", .scalar(.status), .text("\(Defaults.respondStatus)"), "its status"),
        KeyRow("headers", .texts("mapping"), .said(""), "its fields"),
        KeyRow(
            "body", .any(), .said("none"), "a text is `text/plain`, all else JSON; `respond.headers` may say otherwise"),
    ]
}

extension ScalarKind where Value == String {
    /// A method that a route takes.
    fileprivate static var methods: Self {
        ScalarKind(wanted: "a method such as GET", type: "method", schema: .words(ConfigurationReader.methods)) { $0 }
    }
}
