import FanOut
package import Loop

/// One server of an upstream: where connections go, and what goes before the path of every call.
package struct Server: Sendable, Hashable {
    /// https.
    package let isSecure: Bool
    /// A name or an IP address, version 6 without brackets.
    package let host: String
    package let port: UInt16
    /// What a Host field carries (RFC 9110 section 7.2).
    package let authority: String
    /// Goes before the path of every call: empty, or `/base` without a slash at its end.
    package let base: String
    /// Whether the host is an address, which nobody has to be asked for.
    let isAddress: Bool
    /// `scheme://host:port/base`.
    let url: String

    package init(isSecure: Bool, host: String, port: UInt16, authority: String, base: String) {
        self.isSecure = isSecure
        self.host = host
        self.port = port
        self.authority = authority
        self.base = base
        isAddress = IPAddress(host) != nil
        url = (isSecure ? "https://" : "http://") + authority + base
    }
}

/// How an upstream's servers are spoken to.
package struct UpstreamSettings: Sendable {
    /// Leaves nothing to the plain lane.
    package var usesLibcurl = false
    /// gzip and br are asked for, which libcurl decodes.
    package var asksForCoding = false
    /// A PEM file of the authorities to trust instead of the system's.
    package var authorities: String?
    /// Nil: no limit of its own beside the call's.
    package var connectTimeout: Duration?
    /// Calls in flight at once; nil leaves it to the worker's limit.
    package var maxInFlight: Int?
    /// Calls that wait for one of them to end; those beyond fail as `overloaded`.
    package var maxQueue = 1_000
    /// How long a connection is kept without use.
    package var keepaliveIdle = Duration.seconds(60)
    /// Connections kept without use, for each server.
    package var keepaliveConnections = 16_384

    package init() {}
}

/// The servers of an upstream, taken in turn, and its calls in flight.
@LoopActor
package final class UpstreamServers {
    let settings: UpstreamSettings
    let servers: [Server]
    let gate: Gate
    private var next = 0
    /// By server, from the first call of the plain lane on.
    private var pools: [ServerPool] = []

    /// Takes none where all that is called is a URL from outside.
    package init(_ servers: [Server], _ settings: UpstreamSettings) {
        self.servers = servers
        self.settings = settings
        gate = Gate(limit: settings.maxInFlight ?? .max, queue: settings.maxQueue)
    }

    /// The index of the server whose turn it is.
    func take() -> Int {
        let index = next
        next = index + 1 == servers.count ? 0 : index + 1
        return index
    }

    /// The plain lane's connections to a server.
    func pool(_ server: Int, _ engine: TransferEngine) -> ServerPool {
        if pools.isEmpty { pools = servers.map { ServerPool($0, settings, engine) } }
        return pools[server]
    }
}
