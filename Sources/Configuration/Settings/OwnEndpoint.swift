package import Base

/// The gateway's own admin endpoint, which no route may reach: it is not for clients.
package struct OwnEndpoint: Sendable, Equatable {
    private let host: String
    /// Nil where the host is a name.
    private let address: IPAddress?
    package let port: UInt16

    /// - Parameters:
    ///   - host: An address, version 6 without its brackets, or a name.
    ///   - port: 0 is one that only the kernel knows, and that nothing is compared with.
    package init(host: String, port: UInt16) {
        self.host = host.lowercased()
        address = Self.address(of: host)
        self.port = port
    }

    /// Whether an upstream's URL leads here, as far as its text tells.
    package func isNamed(host: String, port: UInt16) -> Bool {
        guard port == self.port, port != 0 else { return false }
        guard let other = Self.address(of: host), let address else { return host.lowercased() == self.host }
        // On every address of this machine: which ones it has is not told by a text, but these are.
        if address.isUnspecified { return other.isLoopback || other.isUnspecified }
        return Self.leads(from: other, to: address)
    }

    /// Whether a connection to an address may end here; where it is on every address of this machine, or on one that only
    /// a name tells, any of those may.
    ///
    /// - Parameter isLocal: Whether an address is this machine's.
    package func mayBeReached(at address: IPAddress, port: UInt16, isLocal: (IPAddress) -> Bool) -> Bool {
        guard port == self.port, port != 0 else { return false }
        let other = address.unmapped
        guard let own = self.address, !own.isUnspecified else { return other.isUnspecified || isLocal(other) }
        return Self.leads(from: other, to: own)
    }

    private static func leads(from other: IPAddress, to own: IPAddress) -> Bool {
        // Linux connects to the unspecified address as to loopback (ip(7)).
        other == own || (other.isUnspecified && own.isLoopback)
    }

    private static func address(of host: String) -> IPAddress? {
        host.lowercased() == "localhost" ? .v4(0x7F00_0001) : IPAddress(host)?.unmapped
    }
}

extension IPAddress {
    fileprivate var isUnspecified: Bool { self == .v4(0) || self == .v6(0, 0) }

    fileprivate var isLoopback: Bool {
        switch self {
        case .v4(let bits): (bits >> 24) == 127
        case .v6(let upper, let lower): upper == 0 && lower == 1
        }
    }
}

extension OwnEndpoint {
    /// Nil for a unix socket, to which no URL leads.
    package init?(_ address: ListenAddress) {
        guard case .tcp(let host, let port) = address else { return nil }
        self.init(host: host, port: port)
    }
}
