import Access
import Base
import FanOut
import HTTP

/// Reading of `proxy:` and of `trusted_proxies:`.
extension ConfigurationReader {
    mutating func proxy(_ value: YAMLValue, path: PathTemplate?) -> ProxyRoute? {
        guard let section = section(value, "'proxy'", keys: ProxyRoute.rows.map(\.name)) else { return nil }
        let idle = scalar(.duration, "idle", in: section) ?? Defaults.proxyIdle
        var target: TargetTemplate?
        if section["path"] != nil, let path {
            target = scalar(.target(Reference.Names(parameters: path.parameters)), "path", in: section)
        }
        var proxy = ProxyRoute(upstream: 0, target: target, idle: idle)
        proxy.strippedSegments = strippedSegments(in: section, path: path)
        proxy.host = scalar(.hostPolicy, "host", in: section) ?? proxy.host
        proxy.maxBody = scalar(.size(upTo: Bounds.proxyBody), "max_body", in: section) ?? proxy.maxBody
        proxy.responseTimeout = scalar(.duration, "response_timeout", in: section)
        let silence = scalar(.duration, "websocket_idle", in: section) ?? Defaults.webSocketIdle
        if scalar(.boolean, "websocket", in: section) ?? false {
            proxy.webSocketIdle = silence
        } else if let place = section.place(of: "websocket_idle") {
            problems.warning("'websocket_idle' has a meaning only with 'websocket: true'", at: place)
        }
        guard let reference = section["upstream"] else {
            problems.error("'upstream' is missing in 'proxy'; it wants the name of an upstream", at: section.place)
            return nil
        }
        guard let upstream = upstreamReference(reference) else { return nil }
        proxy.upstream = upstream
        return proxy
    }

    /// How many segments a prefix has that each path of the route begins with.
    private mutating func strippedSegments(in section: Section, path: PathTemplate?) -> Int {
        guard let value = section["strip_prefix"],
            let prefix = scalar(
                .text("the beginning of the route's path, such as /legacy"), "strip_prefix", in: section)
        else { return 0 }
        if let place = section.place(of: "path") {
            problems.error("'path' says all of the path already, so there is nothing to strip", at: place)
            return 0
        }
        guard let path else { return 0 }
        var segments = prefix.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if segments.count > 1, segments.last == "" { segments.removeLast() }
        guard segments.first == "", segments.count > 1,
            "\(path.text)/".hasPrefix(segments.joined(separator: "/") + "/"),
            !segments.contains(where: { $0.contains("{") || $0.contains("*") })
        else {
            problems.error(
                "'strip_prefix' wants what the route's path '\(path.text)' begins with, up to a slash; found '\(prefix)'",
                at: value.place)
            return 0
        }
        return segments.count - 1
    }

    /// The proxies that are believed; those on this machine where nothing is said.
    mutating func trustedProxies(in section: Section) -> TrustedProxies {
        guard let value = section["trusted_proxies"] else { return .local }
        // To believe nobody is a decision that one can make.
        if case .sequence(let values) = value.content, values.isEmpty {
            return TrustedProxies(AddressGroup())
        }
        return TrustedProxies(addressGroup("trusted_proxies", in: section))
    }

    /// A list of addresses.
    mutating func addressGroup(_ key: String, in section: Section) -> AddressGroup {
        let values = list(key, of: "addresses", in: section) ?? []
        let blocks = values.compactMap { read(.address, $0, subject: "'\(key)'") }
        return AddressGroup(blocks: blocks.compactMap(\.self), includesUnix: blocks.contains { $0 == nil })
    }
}

extension ScalarKind where Value == AddressBlock? {
    /// An address, a block of addresses, or nil for unix sockets.
    static var address: Self {
        let wanted = "an address such as 10.0.0.1, a block such as 10.0.0.0/8, or unix"
        return ScalarKind(wanted: wanted) { text throws(Refusal) in
            if text == "unix" { return nil }
            guard let block = AddressBlock(text) else { throw Refusal(wanted: wanted) }
            return block
        }
    }
}

extension ScalarKind where Value == HostPolicy {
    /// What an upstream is told as Host.
    static var hostPolicy: Self {
        let wanted = "upstream, preserve or a name such as shop.example"
        return ScalarKind(
            wanted: wanted, type: "`upstream`, `preserve` or a name",
            text: { value in if case .name(let name) = value { name } else { "\(value)" } }
        ) { text throws(Refusal) in
            switch text {
            case "upstream": return .upstream
            case "preserve": return .preserve
            default:
                // A word that is nearly one of these is no host that anybody has.
                let hint = text.contains(".") ? "" : NearestName.hint(for: text, among: ["upstream", "preserve"])
                guard hint.isEmpty, RequestHead.isHost(text) else { throw Refusal(wanted: wanted, hint: hint) }
                return .name(text)
            }
        }
    }
}
