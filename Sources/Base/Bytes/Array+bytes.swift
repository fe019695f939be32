extension [UInt8] {
    /// Appends the bytes of a literal, without a `String` in between.
    @inlinable
    public mutating func append(_ literal: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    /// Appends a field line whose name and value were checked when they were read.
    @inlinable
    public mutating func append(line name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
        append(contentsOf: name)
        append(": ")
        append(contentsOf: value)
        append("\r\n")
    }

    /// Appends all bytes of another array.
    ///
    /// What `append(contentsOf:)` does, which takes its argument as its own: counting that reference up and down costs as
    /// much as copying a few dozen bytes.
    @inlinable
    public mutating func append(copying other: borrowing [UInt8]) {
        other.withUnsafeBufferPointer { append(contentsOf: $0) }
    }
}
