package import Base
package import HTTP

/// The proxies whose word on where a request comes from counts.
///
/// Anybody can send `X-Forwarded-For`. What a trusted peer sends is believed, hop by hop from the right, as far as the
/// hops are trusted too: the first that is not is the client.
package struct TrustedProxies: Sendable, Equatable {
    /// Who they are; a unix socket is reached only by who is on this machine.
    package var group: AddressGroup

    package init(_ group: AddressGroup) {
        self.group = group
    }

    /// Those on this machine: loopback and unix sockets.
    package static let local = TrustedProxies(
        AddressGroup(blocks: [AddressBlock(.v4(0x7F00_0000), 8), AddressBlock(.v6(0, 1), 128)], includesUnix: true))

    /// Whether a peer is one, by its text: `10.0.0.1:4711`, `[::1]:80` or `unix:`.
    package func trust(peer: String) -> Bool {
        guard !peer.hasPrefix("unix:") else { return group.contains(nil) }
        return Self.address(peer).map(group.contains) ?? false
    }

    /// The client's address where it is not the peer's, which is so only when that is a trusted proxy and names another.
    package func forwardedClient(of request: Request) -> String? {
        guard request.isFromProxy else { return nil }
        var client: String?
        for value in request.fields.all("x-forwarded-for").reversed() {
            for hop in value.split(separator: ",", omittingEmptySubsequences: false).reversed() {
                // What is no address ends the chain: whoever wrote it is the last one known.
                guard let address = Self.address(hop.trimmingBlanks) else { return client }
                client = "\(address)"
                if !group.contains(address) { return client }
            }
        }
        return client
    }

    /// The client's address as rate limits and checks take it; `unix` where nobody names one.
    package func client(of request: Request) -> String {
        forwardedClient(of: request) ?? request.clientAddress ?? "unix"
    }

    /// An address with or without a port; one of version 6 has brackets then.
    private static func address(_ text: some StringProtocol) -> IPAddress? {
        if let address = IPAddress(text) { return address }
        if text.utf8.first == UInt8(ascii: "[") {
            let end = text.firstIndex(of: "]") ?? text.endIndex
            return IPAddress(text[..<end].dropFirst())
        }
        guard let colon = text.lastIndex(of: ":") else { return nil }
        return IPAddress(text[..<colon])
    }
}

extension Substring {
    fileprivate var trimmingBlanks: Substring {
        var rest = self
        while let first = rest.utf8.first, FieldSyntax.isBlank(first) { rest = rest.dropFirst() }
        while let last = rest.utf8.last, FieldSyntax.isBlank(last) { rest = rest.dropLast() }
        return rest
    }
}
