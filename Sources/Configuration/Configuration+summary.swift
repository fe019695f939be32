import FanOut

extension Configuration {
    /// What `gatewayd check` says that it would run: a line per listener, upstream, route and call.
    package var summary: String {
        var lines = [
            "listen     " + listen.map(\.description).joined(separator: ", "),
            "admin      \(admin)",
            "control    \(control)",
            "workers    \(workers)",
            "access log \(accessLog ? "on" : "off")",
            "drain      \(drain.configurationText)",
            "upstreams",
        ]
        for upstream in upstreams {
            lines.append("  \(upstream.name): " + upstream.servers.map(\.text).joined(separator: ", "))
        }
        lines.append("routes")
        for route in routes { lines += Self.lines(of: route, upstreams: upstreams) }
        return lines.joined(separator: "\n")
    }

    private static func lines(of route: Route, upstreams: [Upstream]) -> [String] {
        let timeout = route.timeout.configurationText
        let head = "  \(route.methods.joined(separator: ",")) \(route.path.text) (timeout \(timeout)"
        switch route.action {
        case .fanOut(let fanOut):
            let conflict = fanOut.merge == .object ? ", on_conflict \(fanOut.onConflict.rawValue)" : ""
            return ["\(head), merge \(fanOut.merge.rawValue)\(conflict))"]
                + fanOut.calls.map { line(of: $0, upstreams: upstreams) }
        case .proxy(let upstream):
            return ["\(head)) proxy to \(upstreams[upstream].name)"]
        case .batch(let batch):
            return [
                "\(head)) batch of at most \(batch.max) URLs, each within \(batch.timeout.configurationText), "
                    + "of \(batch.allow.joined(separator: ", "))"
            ]
        }
    }

    private static func line(of call: Call, upstreams: [Upstream]) -> String {
        var traits: [String] = []
        if let timeout = call.timeout { traits.append("timeout \(timeout.configurationText)") }
        if call.isRequired { traits.append("required") }
        if call.fallback != nil { traits.append("fallback") }
        if call.accepts != .json { traits.append("as \(call.accepts.rawValue)") }
        let suffix = traits.isEmpty ? "" : " (\(traits.joined(separator: ", ")))"
        return "    \(call.name): \(upstreams[call.upstream].name) \(call.target.text)\(suffix)"
    }
}
