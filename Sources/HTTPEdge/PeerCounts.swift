/// How many connections each client address holds, where that is limited.
struct PeerCounts {
    private let limit: Int?
    private var held: [Substring: Int] = [:]

    /// - Parameter limit: Nil counts nobody.
    init(limit: Int?) {
        self.limit = limit
    }

    /// The address of a peer, without its port.
    private static func address(_ peer: String) -> Substring {
        peer.lastIndex(of: ":").map { peer[..<$0] } ?? peer[...]
    }

    /// Counts a connection of a peer, such as `10.0.0.1:4711`; false when it has as many as it may.
    mutating func add(_ peer: String) -> Bool {
        guard let limit else { return true }
        let address = Self.address(peer)
        guard held[address, default: 0] < limit else { return false }
        held[address, default: 0] += 1
        return true
    }

    /// One that was counted is closed.
    mutating func remove(_ peer: String) {
        guard limit != nil else { return }
        let address = Self.address(peer)
        let left = held[address, default: 1] - 1
        held[address] = left == 0 ? nil : left
    }
}
