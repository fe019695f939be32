/// Base64 (RFC 4648 section 4, with padding).
package enum Base64 {
    private static var alphabet: StaticString { "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" }

    /// The length of the encoding of so many bytes.
    package static func length(of count: Int) -> Int { (count + 2) / 3 * 4 }

    /// Appends the encoding of `data`.
    package static func append(_ data: [UInt8], to bytes: inout [UInt8]) {
        data.withUnsafeBytes { data in
            bytes.append(addingCapacity: length(of: data.count)) { span in
                span.withUnsafeMutableBufferPointer { buffer, count in
                    count = write(data, to: UnsafeMutableRawBufferPointer(buffer))
                }
            }
        }
    }

    /// Writes the encoding, for which there is room, and gives its length.
    private static func write(_ data: UnsafeRawBufferPointer, to buffer: UnsafeMutableRawBufferPointer) -> Int {
        var index = 0
        var place = 0
        // Six bytes are eight letters. Eight bytes are read for them, as one word.
        while index &+ 8 <= data.count {
            let word = UInt64(bigEndian: data.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let letters =
                letter(word >> 58) | (letter(word >> 52) << 8) | (letter(word >> 46) << 16) | (letter(word >> 40) << 24)
                | (letter(word >> 34) << 32) | (letter(word >> 28) << 40) | (letter(word >> 22) << 48)
                | (letter(word >> 16) << 56)
            buffer.storeBytes(of: letters.littleEndian, toByteOffset: place, as: UInt64.self)
            index &+= 6
            place &+= 8
        }
        while index < data.count {
            let rest = data.count - index
            let first = UInt64(data[index]) << 16
            let second = rest > 1 ? UInt64(data[index + 1]) << 8 : 0
            let third = rest > 2 ? UInt64(data[index + 2]) : 0
            let group = first | second | third
            let padding = UInt8(ascii: "=")
            buffer[place] = UInt8(letter(group >> 18))
            buffer[place + 1] = UInt8(letter(group >> 12))
            buffer[place + 2] = rest > 1 ? UInt8(letter(group >> 6)) : padding
            buffer[place + 3] = rest > 2 ? UInt8(letter(group)) : padding
            index += 3
            place += 4
        }
        return place
    }

    /// The letter for the lowest six bits.
    @inline(__always)
    private static func letter(_ bits: UInt64) -> UInt64 { UInt64(alphabet.utf8Start[Int(bits & 63)]) }
}
