/// A request as the listener read it: head and whole body.
package struct Request: Sendable {
    package var method: String
    /// As it stands in the request line (RFC 9112 section 3.2).
    package var target: String
    package var fields: RequestFields
    /// Bytes of the body; the fan-out does not look into it.
    package var body: [UInt8]
    /// The peer's address, such as `10.0.0.1:4711` or `unix:`.
    package var client: String
    /// When its last byte was read.
    package var received: MonotonicTime

    package init(
        method: String, target: String, fields: RequestFields, body: [UInt8], client: String, received: MonotonicTime
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

/// The header fields of a request in the order in which they came, as bytes in one piece of memory.
package struct RequestFields: Sendable {
    /// Of each field the lengths of name and value, four bytes each, and then both.
    private var bytes: [UInt8] = []

    package init() {}

    /// Adds a field; both are shorter than 4 GiB, as whole headers are.
    mutating func append(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
        if bytes.isEmpty { bytes.reserveCapacity(256) }
        append(UInt32(name.count))
        append(UInt32(value.count))
        bytes.append(contentsOf: name)
        bytes.append(contentsOf: value)
    }

    /// Adds a field.
    package mutating func append(_ name: String, _ value: String) {
        Array(name.utf8).withUnsafeBufferPointer { name in
            Array(value.utf8).withUnsafeBufferPointer { value in append(name, value) }
        }
    }

    private mutating func append(_ length: UInt32) {
        withUnsafeBytes(of: length) { bytes.append(contentsOf: $0) }
    }

    /// The value of the first field with that name, which is given in lower case (RFC 9110 section 5.1).
    package func first(_ name: StaticString) -> String? {
        bytes.withUnsafeBufferPointer { bytes in
            var index = 0
            while index < bytes.count {
                let nameLength = Self.length(bytes, at: index)
                let valueLength = Self.length(bytes, at: index + 4)
                let value = index + 8 + nameLength
                if nameLength == name.utf8CodeUnitCount,
                    FieldSyntax.isName(UnsafeBufferPointer(rebasing: bytes[(index + 8)..<value]), name)
                {
                    return String(decoding: bytes[value..<(value + valueLength)], as: UTF8.self)
                }
                index = value + valueLength
            }
            return nil
        }
    }

    private static func length(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
        Int(UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: index, as: UInt32.self))
    }
}
