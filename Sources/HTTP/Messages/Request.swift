package import Base

/// A request as the listener read it: head and whole body.
///
/// A class, since it goes through many hands, and each copy of a struct would count every one of its references.
package final class Request: Sendable {
    package let method: String
    /// As it stands in the request line (RFC 9112 section 3.2).
    package let target: String
    package let fields: HeaderFields
    /// Bytes of the body; the fan-out does not look into it.
    package let body: [UInt8]
    /// The peer's address, such as `10.0.0.1:4711` or `unix:`.
    package let client: String
    /// The peer is a trusted proxy, whose `X-Forwarded-*` are believed.
    package let isFromProxy: Bool
    /// The name of the API key that it came with, once that is known to be one.
    package let keyName: String?
    /// When its last byte was read; of one whose body goes on as it comes, that of its head.
    package let received: MonotonicTime

    package init(
        method: String, target: String, fields: HeaderFields, body: [UInt8], peer: Peer, received: MonotonicTime
    ) {
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
        client = peer.address
        isFromProxy = peer.isTrustedProxy
        keyName = nil
        self.received = received
    }

    private init(_ request: Request, _ fields: HeaderFields, keyName: String?) {
        method = request.method
        target = request.target
        self.fields = fields
        body = request.body
        client = request.client
        isFromProxy = request.isFromProxy
        self.keyName = keyName
        received = request.received
    }

    /// The same as upstreams may see it, and whose it is.
    package func with(_ fields: HeaderFields, keyName: String?) -> Request { Request(self, fields, keyName: keyName) }

    /// Who sent a request.
    package struct Peer: Sendable {
        let address: String
        let isTrustedProxy: Bool

        /// - Parameters:
        ///   - address: Such as `10.0.0.1:4711` or `unix:`.
        ///   - isTrustedProxy: Its `X-Forwarded-*` are believed.
        package init(_ address: String, isTrustedProxy: Bool = false) {
            self.address = address
            self.isTrustedProxy = isTrustedProxy
        }
    }

    /// The peer's address without its port; nil for a unix socket.
    package var clientAddress: String? { Self.address(ofPeer: client) }

    /// The address of a peer, without brackets and port; nil for a unix socket.
    package static func address(ofPeer peer: String) -> String? {
        guard !peer.hasPrefix("unix:"), let colon = peer.lastIndex(of: ":") else { return nil }
        let address = peer[..<colon]
        return address.hasPrefix("[") ? String(address.dropFirst().dropLast()) : String(address)
    }

    /// The value of the first field with that name, which is given in lower case.
    package func first(_ name: StaticString) -> String? { fields.first(name) }
}
