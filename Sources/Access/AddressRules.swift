package import Base

/// Which clients a route answers, by their addresses (`allow:`, `deny:`).
///
/// A client that `deny` names is refused, whatever `allow` says; with an `allow` so is every client that it does not name.
package struct AddressRules: Sendable, Equatable {
    /// Nil: everybody that `deny` does not name.
    package var allow: AddressGroup?
    package var deny: AddressGroup?

    package init(allow: AddressGroup? = nil, deny: AddressGroup? = nil) {
        self.allow = allow
        self.deny = deny
    }

    /// Whether a client is answered.
    ///
    /// - Parameter client: Its address, or `unix`, as `TrustedProxies.client(of:)` has it.
    package func admit(_ client: String) -> Bool {
        let address = IPAddress(client)
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
