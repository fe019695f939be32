/// Header fields of a message in the order in which they came, as bytes in one piece of memory.
package struct HeaderFields: Sendable, Equatable {
    /// Of each field the lengths of name and value, four bytes each, and then both.
    private var bytes: [UInt8] = []

    package init() {}

    /// The memory that they take.
    package var byteCount: Int { bytes.count }

    /// Adds a field; both are shorter than 4 GiB, as whole headers are.
    package mutating func append(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
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

    /// Adds a line of an answer's head as libcurl hands it out; a status line begins a new head.
    package mutating func collect(_ line: UnsafeBufferPointer<UInt8>) {
        if FieldSyntax.namesHTTP(line) { return bytes.removeAll() }
        var end = line.count
        while end > 0, line[end - 1] == 0x0D || line[end - 1] == 0x0A { end -= 1 }
        guard let (name, value) = try? FieldSyntax.split(UnsafeBufferPointer(rebasing: line[..<end])) else { return }
        append(name, value)
    }

    private mutating func append(_ length: UInt32) {
        withUnsafeBytes(of: length) { bytes.append(contentsOf: $0) }
    }

    /// The value of the first field with that name, which is given in lower case (RFC 9110 section 5.1).
    package func first(_ name: StaticString) -> String? {
        var found: String?
        each { field, value in
            guard FieldSyntax.isName(field, name) else { return true }
            found = String(decoding: value, as: UTF8.self)
            return false
        }
        return found
    }

    /// The values of all fields with that name, which is given in lower case.
    package func all(_ name: String) -> [String] {
        var found: [String] = []
        Array(name.utf8).withUnsafeBufferPointer { name in
            each { field, value in
                if FieldSyntax.isName(field, name) { found.append(String(decoding: value, as: UTF8.self)) }
                return true
            }
        }
        return found
    }

    /// The same without the fields of that name, which is given in lower case.
    package func without(_ name: StaticString) -> HeaderFields { without { FieldSyntax.isName($0, name) } }

    /// The same without the fields of that name, which is given in lower case.
    package func without(_ name: String) -> HeaderFields {
        Array(name.utf8).withUnsafeBufferPointer { name in without { FieldSyntax.isName($0, name) } }
    }

    /// The same without the fields whose name is one of those.
    package func without(_ isOne: (_ name: UnsafeBufferPointer<UInt8>) -> Bool) -> HeaderFields {
        var rest = HeaderFields()
        each { name, value in
            if !isOne(name) { rest.append(name, value) }
            return true
        }
        return rest
    }

    /// Hands out name and value of each field, in their order.
    package func forEach(_ body: (_ name: String, _ value: String) -> Void) {
        each { name, value in
            body(String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self))
            return true
        }
    }

    /// Hands out name and value of each field until told to stop.
    package func each(_ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Bool) {
        bytes.withUnsafeBufferPointer { bytes in
            var index = 0
            while index < bytes.count {
                let value = index + 8 + Self.length(bytes, at: index)
                let end = value + Self.length(bytes, at: index + 4)
                let goesOn = body(
                    UnsafeBufferPointer(rebasing: bytes[(index + 8)..<value]),
                    UnsafeBufferPointer(rebasing: bytes[value..<end]))
                guard goesOn else { return }
                index = end
            }
        }
    }

    private static func length(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
        Int(UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: index, as: UInt32.self))
    }
}
