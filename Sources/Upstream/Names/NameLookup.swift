package import Base
import Glibc

/// The system's resolver: /etc/hosts, DNS, and whatever else nsswitch.conf(5) names.
package enum NameLookup {
    /// The addresses of a name in the resolver's order (RFC 6724), nil when it has none or cannot be asked.
    ///
    /// Blocks for as long as the resolver takes. AI_ADDRCONFIG is not set (getaddrinfo(3)): the answer is kept and must
    /// not depend on which interfaces were up at that moment, `localhost` must work where there is only loopback, and
    /// addresses that cannot be reached come last anyway (RFC 6724 section 6, rule 1).
    @Sendable
    package static func addresses(of host: String) -> [IPAddress]? {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        // One entry for each address, and not one for every kind of socket.
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return nil }
        defer { freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var next = list
        while let entry = next {
            if let address = entry.pointee.ai_addr.flatMap(IPAddress.init(of:)) { addresses.append(address) }
            next = entry.pointee.ai_next
        }
        return addresses.isEmpty ? nil : addresses
    }
}

extension IPAddress {
    /// The address in a socket's (ip(7), ipv6(7)); nil for another family, and for a zone, which is a way as well.
    fileprivate init?(of socketAddress: UnsafeMutablePointer<sockaddr>) {
        let raw = UnsafeRawPointer(socketAddress)
        // Its first field; by name it would be of whichever module is the first to have read the C header.
        switch CInt(raw.loadUnaligned(as: sa_family_t.self)) {
        case AF_INET:
            let address = raw.loadUnaligned(as: sockaddr_in.self).sin_addr
            self.init(bytes: withUnsafeBytes(of: address) { Array($0) })
        case AF_INET6:
            let address = raw.loadUnaligned(as: sockaddr_in6.self)
            guard address.sin6_scope_id == 0 else { return nil }
            self.init(bytes: withUnsafeBytes(of: address.sin6_addr) { Array($0) })
        default:
            return nil
        }
    }
}
