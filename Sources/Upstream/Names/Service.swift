import HTTP

/// A service whose records say which servers an upstream has (RFC 2782).
package struct Service: Sendable, Hashable {
    /// Servers of one service.
    ///
    /// 256: as many as a configuration may list; every worker keeps connections to each.
    private static let serverLimit = 256

    /// Where its records are: `_users._tcp.example.internal`.
    package let name: String
    /// https.
    package let isSecure: Bool
    /// Goes before the path of every call: empty, or `/base` without a slash at its end.
    package let base: String

    package init(name: String, isSecure: Bool, base: String) {
        self.name = name
        self.isSecure = isSecure
        self.base = base
    }

    /// The servers that records say, those of the lowest priority first, in an order that does not depend on theirs.
    ///
    /// None for records that say nothing that can be used: a service that is not there (`.`), or targets that are no
    /// names of hosts.
    func servers(_ records: [ServiceRecord]) -> [Server] {
        let sorted = records.sorted {
            ($0.priority, $0.target, $0.port, $1.weight) < ($1.priority, $1.target, $1.port, $0.weight)
        }
        var known: Set<String> = []
        let servers = sorted.compactMap { server($0) }.filter { known.insert($0.url).inserted }
        return Array(servers.prefix(Self.serverLimit))
    }

    private func server(_ record: ServiceRecord) -> Server? {
        let scheme = isSecure ? URLScheme.https : .http
        let port = record.port == scheme.defaultPort ? "" : ":\(record.port)"
        guard record.port > 0, let url = try? HTTPURL("\(scheme.rawValue)://\(record.target)\(port)"),
            case .name(let host) = url.host, host == record.target.lowercased()
        else { return nil }
        // The least weight that is one: RFC 2782 gives 0 a very small chance, and where all have it they are alike.
        return Server(
            isSecure: isSecure, host: host, port: record.port, authority: host + port, base: base,
            share: Server.Share(weight: max(1, Int(record.weight)), priority: Int(record.priority)))
    }
}
