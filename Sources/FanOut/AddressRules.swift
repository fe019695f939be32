/// Which clients a route answers, by their addresses (`allow:`, `deny:`).
///
/// A client that `deny` names is refused, whatever `allow` says; with an `allow` so is every client that it does not name.
package struct AddressRules: Sendable, Equatable {
    /// Addresses, and those that come over a unix socket and that no trusted proxy names.
    package struct Group: Sendable, Equatable {
        package var blocks: [AddressBlock]
        package var includesUnix: Bool

        package init(blocks: [AddressBlock], includesUnix: Bool = false) {
            self.blocks = blocks
            self.includesUnix = includesUnix
        }

        /// - Parameter address: Nil for a client without one.
        fileprivate func contains(_ address: IPAddress?) -> Bool {
            guard let address else { return includesUnix }
            return blocks.contains { $0.contains(address) }
        }

        fileprivate var text: String {
            (blocks.map(\.description) + (includesUnix ? ["unix"] : [])).joined(separator: " ")
        }
    }

    /// Nil: everybody that `deny` does not name.
    package var allow: Group?
    package var deny: Group?

    package init(allow: Group? = nil, deny: Group? = nil) {
        self.allow = allow
        self.deny = deny
    }

    /// Whether a client is answered.
    ///
    /// - Parameter client: Its address, or `unix`, as `TrustedProxies.client(of:)` has it.
    package func admit(_ client: String) -> Bool {
        let address = IPAddress(client)?.unmapped
        // One with a zone is in no block, and nobody's neighbour on this machine either.
        guard address != nil || client == "unix" else { return allow == nil }
        if let deny, deny.contains(address) { return false }
        return allow?.contains(address) ?? true
    }

    /// As `gatewayd check` shows them.
    package var text: String {
        [allow.map { "allow \($0.text)" }, deny.map { "deny \($0.text)" }].compactMap(\.self).joined(separator: ", ")
    }
}

extension IPAddress {
    /// The address of version 4 that a socket for both families writes as one of version 6 (RFC 4291 section 2.5.5.2).
    package var unmapped: IPAddress {
        guard case .v6(0, let lower) = self, lower >> 32 == 0xFFFF else { return self }
        return .v4(UInt32(truncatingIfNeeded: lower))
    }
}
