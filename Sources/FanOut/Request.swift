/// A request as the listener read it: head and whole body.
package struct Request: Sendable {
    package var method: String
    /// As it stands in the request line (RFC 9112 section 3.2).
    package var target: String
    package var fields: HeaderFields
    /// Bytes of the body; the fan-out does not look into it.
    package var body: [UInt8]
    /// The peer's address, such as `10.0.0.1:4711` or `unix:`.
    package var client: String
    /// When its last byte was read.
    package var received: MonotonicTime

    package init(
        method: String, target: String, fields: HeaderFields, body: [UInt8], client: String, received: MonotonicTime
    ) {
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
        self.client = client
        self.received = received
    }

    /// The value of the first field with that name, which is given in lower case.
    package func first(_ name: StaticString) -> String? { fields.first(name) }
}
