import Base

/// An answer to a client: status, the header fields that it is about, body.
///
/// The connection adds what concerns framing and itself: `Content-Length`, `Connection`, `Date`.
package struct Response: Sendable {
    package var status: Int
    package var fields: HeaderBlock
    package var body: [UInt8]
    /// Whether nothing is read behind the request that it answers.
    package var endsConnection = false

    package init(status: Int, fields: HeaderBlock = HeaderBlock(), body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }
}

/// Header fields as the bytes that go out, one `Name: value` line each.
package struct HeaderBlock: Sendable, Equatable {
    package private(set) var bytes: [UInt8] = []

    package init() {
        bytes.reserveCapacity(256)
    }

    /// Adds a field.
    ///
    /// A control byte in the value becomes a space: no value can end its line (RFC 9110 section 5.5).
    package mutating func append(_ name: StaticString, _ value: some Sequence<UInt8>) {
        append(name) { $0.append(contentsOf: value) }
    }

    /// Adds a field whose value is written right into its place; it is kept to one line in the same way.
    package mutating func append(_ name: StaticString, writing value: (inout [UInt8]) -> Void) {
        bytes.append(name)
        bytes.append(": ")
        let start = bytes.count
        value(&bytes)
        for index in start..<bytes.count where bytes[index] < 0x20 || bytes[index] == 0x7F { bytes[index] = 0x20 }
        bytes.append("\r\n")
    }

    package mutating func append(_ name: StaticString, _ value: String) {
        append(name, value.utf8)
    }

    /// Adds a field whose name was checked to be one; its value is kept to one line in the same way.
    package mutating func append(field name: String, _ value: String) {
        bytes.append(contentsOf: name.utf8)
        bytes.append(": ")
        for byte in value.utf8 { bytes.append(byte < 0x20 || byte == 0x7F ? 0x20 : byte) }
        bytes.append("\r\n")
    }

    /// Adds a field whose name and value were checked when they were read.
    package mutating func append(line name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
        bytes.append(line: name, value)
    }

    /// Adds all fields of another block.
    package mutating func append(_ other: HeaderBlock) {
        bytes.append(copying: other.bytes)
    }
}
