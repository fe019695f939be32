import HTTP

/// How many connections each client address holds, where that is limited.
struct PeerCounts {
    private let limit: Int
    private var held: [String: Int] = [:]

    init(limit: Int) {
        self.limit = limit
    }

    /// All that come over unix sockets are one.
    private static func key(_ peer: String) -> String { Request.address(ofPeer: peer) ?? "" }

    /// Counts a connection of a peer, such as `10.0.0.1:4711`; false when it has as many as it may.
    mutating func add(_ peer: String) -> Bool {
        let key = Self.key(peer)
        guard held[key, default: 0] < limit else { return false }
        held[key, default: 0] += 1
        return true
    }

    /// One that was counted is closed.
    mutating func remove(_ peer: String) {
        let key = Self.key(peer)
        let left = held[key, default: 1] - 1
        held[key] = left == 0 ? nil : left
    }
}
