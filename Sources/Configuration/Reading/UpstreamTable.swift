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
