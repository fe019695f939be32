/// The upstreams that calls may name, and those that their URLs imply.
struct UpstreamTable: Sendable {
    /// What a name leads to.
    enum Lookup: Equatable {
        case found(Int)
        case unknown(nearest: String?)
        /// An error is reported of it, or of all upstreams.
        case broken
    }

    private(set) var upstreams: [Upstream] = []
    /// False when `upstreams` could not be read as a whole: any name may be right then.
    var isComplete = true
    private var indices: [String: Int] = [:]
    private var broken: Set<String> = []

    /// Adds an upstream that is not there yet, and returns its index; nil when there is no room for it.
    mutating func add(_ upstream: Upstream) -> Int? {
        guard upstreams.count < Bounds.upstreams else { return nil }
        upstreams.append(upstream)
        indices[upstream.name] = upstreams.count - 1
        return upstreams.count - 1
    }

    /// Notes that a name is taken by an upstream with an error.
    mutating func addBroken(_ name: String) {
        broken.insert(name)
    }

    /// The upstream that a URL implies: one for each origin, nil when there is no room for it.
    mutating func index(ofOrigin origin: ServerAddress) -> Int? {
        indices[origin.text] ?? add(Upstream(name: origin.text, servers: [origin]))
    }

    func lookup(_ name: String) -> Lookup {
        if let index = indices[name] { return .found(index) }
        if broken.contains(name) || !isComplete { return .broken }
        let names = upstreams.map(\.name) + broken.sorted()
        return .unknown(nearest: NearestName.of(name, among: names))
    }
}

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
        guard let section = section(entry.value, "the upstream '\(name)'", keys: ["servers"]) else { return nil }
        guard let value = section["servers"] else {
            problems.error("'servers' is missing in \(section.subject); it wants a list of URLs", at: section.place)
            return nil
        }
        if case .scalar = value.content {
            return scalar(.server, "servers", in: section).map { Upstream(name: name, servers: [$0]) }
        }
        guard let values = list("servers", of: "URLs", in: section) else { return nil }
        if values.count > Bounds.servers {
            problems.error("'servers' has more than \(Bounds.servers) servers", at: value.place)
        }
        let servers = values.compactMap { read(.server, $0, subject: "a server") }
        return servers.count == values.count ? Upstream(name: name, servers: servers) : nil
    }
}
