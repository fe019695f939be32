extension [UInt8] {
    /// Appends the bytes of a literal, without a `String` in between.
    mutating func append(_ literal: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }
}
