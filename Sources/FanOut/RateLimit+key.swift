extension RateLimit.Key {
    /// What a request's bucket is told apart by, empty where all requests share one.
    package func text(of request: Request) -> String {
        switch self {
        case .route: ""
        case .client: Self.client(of: request)
        case .header(let name): request.fields.all(name.lowercased()).first ?? ""
        }
    }

    /// The peer's address without its port; behind a proxy on this machine, whom that one names last.
    ///
    /// A unix socket and loopback reach only who is on this machine, so that a proxy is behind them, and what it added
    /// itself stands last in X-Forwarded-For: what its client sent, which may be a lie, stands before. From anywhere
    /// else the field says nothing.
    private static func client(of request: Request) -> String {
        let peer = request.clientAddress ?? "unix"
        guard isLocal(request.client) else { return peer }
        let hop = request.fields.all("x-forwarded-for").last?.split(separator: ",").last
        let address = hop.map { $0.drop { $0 == " " || $0 == "\t" } }.map(String.init) ?? ""
        return address.isEmpty ? peer : address
    }

    private static func isLocal(_ peer: String) -> Bool {
        ["unix:", "127.", "[::1]", "[::ffff:127."].contains { peer.hasPrefix($0) }
    }
}
