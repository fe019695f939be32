import Base

/// The line before the bytes of a chunk (RFC 9112 section 7.1).
package enum ChunkSize {
    /// Appends a size in hexadecimal digits, and the end of its line.
    package static func append(_ size: Int, to bytes: inout [UInt8]) {
        var shift = max(0, (Int.bitWidth - 1 - size.leadingZeroBitCount) & ~3)
        while shift >= 0 {
            bytes.append(UInt8(hexDigitOf: UInt64(truncatingIfNeeded: size >> shift)))
            shift -= 4
        }
        bytes.append("\r\n")
    }
}
