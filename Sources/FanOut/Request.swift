/// A request as the listener read it: head and whole body.
package struct Request: Sendable {
    package typealias Field = (name: String, value: String)

    package var method: String
    /// As it stands in the request line (RFC 9112 section 3.2).
    package var target: String
    package var fields: [Field]
    /// Bytes of the body; the routes of today do not look into it.
    package var body: [UInt8]
    /// The peer's address, such as `10.0.0.1:4711` or `unix:`.
    package var client: String
    /// When its last byte was read.
    package var received: MonotonicTime

    package init(
        method: String, target: String, fields: [Field], body: [UInt8], client: String, received: MonotonicTime
    ) {
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
        self.client = client
        self.received = received
    }

    /// The value of the first field with that name, which is given in lower case.
    package func first(_ name: StaticString) -> String? {
        fields.first { name.equalsLowercased($0.name) }?.value
    }
}

extension StaticString {
    /// Compares ASCII without regard to case; the receiver is in lower case (RFC 9110 section 5.1).
    fileprivate func equalsLowercased(_ name: String) -> Bool {
        guard name.utf8.count == utf8CodeUnitCount else { return false }
        var index = 0
        for byte in name.utf8 {
            let lower = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
            if lower != utf8Start[index] { return false }
            index += 1
        }
        return true
    }
}
