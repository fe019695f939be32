import HTTP

/// Reading of `upstreams:` and of references to it.
extension ConfigurationReader {
    /// Fills the table of upstreams.
    mutating func readUpstreams(in section: Section) {
        guard let value = section["upstreams"], !value.isNull else { return }
        guard let entries = entries(value, "'upstreams'") else {
            upstreams.isComplete = false
            return
        }
        for entry in entries {
            guard let upstream = upstream(entry) else {
                upstreams.addBroken(entry.key)
                continue
            }
            if upstreams.add(upstream) == nil { reportFull(at: entry.keyPlace) }
        }
    }

    /// The index of an upstream that a key refers to; nil when there is none, which is reported.
    mutating func upstreamReference(_ value: YAMLValue) -> Int? {
        guard let name = read(.text("the name of an upstream"), value, subject: "'upstream'") else { return nil }
        switch upstreams.lookup(name) {
        case .found(let index):
            return index
        case .broken:
            return nil
        case .unknown(let nearest):
            let known = upstreams.upstreams.map(\.name).joined(separator: ", ")
            let list = known.isEmpty ? "'upstreams' has none" : "known upstreams are \(known)"
            let hint = nearest.map { "did you mean '\($0)'?" } ?? list
            problems.error("unknown upstream '\(name)'; \(hint)", at: value.place)
            return nil
        }
    }

    /// Says that an upstream at this place is one too many.
    mutating func reportFull(at place: Place) {
        problems.error(
            "more than \(Bounds.upstreams) upstreams, those that URLs of calls imply included", at: place)
    }

    private mutating func upstream(_ entry: YAMLValue.Entry) -> Upstream? {
        let name = YAMLValue(
            content: .scalar(YAMLValue.Scalar(text: entry.key, isPlain: false)), place: entry.keyPlace)
        guard let name = read(.name, name, subject: "an upstream") else { return nil }
        guard let section = section(entry.value, "the upstream '\(name)'", keys: Upstream.keys.map(\.name)) else {
            return nil
        }
        // Read even when the servers are wrong: a mistake in the rest is a mistake of its own.
        let servers = servers(in: section)
        var upstream = Upstream(name: name, servers: servers?.map(\.address) ?? [])
        upstream.weights = servers?.map(\.weight) ?? []
        read(Upstream.keys, in: section, into: &upstream)
        warnOfOneServer(upstream, section)
        guard servers != nil else { return nil }
        warn(of: upstream, section)
        return upstream
    }

    /// Says what has no effect; where somebody expects to be protected by it that is an error.
    private mutating func warn(of upstream: Upstream, _ section: Section) {
        if let place = section.place(of: "tls"), !upstream.servers.contains(where: { $0.scheme == .https }) {
            problems.error("'tls' has a meaning only for https, and no server of '\(upstream.name)' is", at: place)
        }
        if let place = section.place(of: "max_queue"), section["max_in_flight"] == nil {
            problems.warning("'max_queue' has a meaning only beside 'max_in_flight'", at: place)
        }
    }
}
