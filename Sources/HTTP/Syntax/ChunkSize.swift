import Base

/// The line before the bytes of a chunk (RFC 9112 section 7.1).
package enum ChunkSize {
    /// Appends a size in hexadecimal digits, and the end of its line.
    package static func append(_ size: Int, to bytes: inout [UInt8]) {
        var shift = max(0, (Int.bitWidth - 1 - size.leadingZeroBitCount) & ~3)
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: (size >> shift) & 15)
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            shift -= 4
        }
        bytes.append("\r\n")
    }
}
