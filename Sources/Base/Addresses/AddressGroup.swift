/// Who is meant by addresses, blocks of them, and `unix` for those that come over a unix socket.
package struct AddressGroup: Sendable, Equatable {
    package var blocks: [AddressBlock]
    package var includesUnix: Bool

    package init(blocks: [AddressBlock] = [], includesUnix: Bool = false) {
        self.blocks = blocks
        self.includesUnix = includesUnix
    }

    /// Whether somebody is meant.
    ///
    /// - Parameter address: Nil for one without an address.
    package func contains(_ address: IPAddress?) -> Bool {
        guard let address = address?.unmapped else { return includesUnix }
        return blocks.contains { $0.contains(address) }
    }

    /// As a configuration lists them.
    package var text: String { (blocks.map(\.description) + (includesUnix ? ["unix"] : [])).joined(separator: " ") }
}

extension IPAddress {
    /// The address of version 4 that a socket for both families writes as one of version 6 (RFC 4291 section 2.5.5.2).
    package var unmapped: IPAddress {
        guard case .v6(0, let lower) = self, (lower >> 32) == 0xFFFF else { return self }
        return .v4(UInt32(truncatingIfNeeded: lower))
    }
}
