/// Well-formed UTF-8 (RFC 3629 section 4), checked without decoding.
public enum UTF8Sequence {
    /// The number of bytes of the character that starts at `index`, nil when it is not well formed.
    @inlinable @inline(__always)
    public static func length(in text: UnsafeBufferPointer<UInt8>, at index: Int) -> Int? {
        let bytes = four(text, at: index)
        if bytes & 0x80 == 0 { return 1 }
        // First the marks that each byte carries, then what the bits between them may not be.
        if bytes & 0x0000_C0E0 == 0x0000_80C0 {
            let isShortest = bytes & 0x1E != 0
            return isShortest ? 2 : nil
        }
        if bytes & 0x00C0_C0F0 == 0x0080_80E0 {
            let top = bytes & 0x200F
            let isShortest = top != 0
            let isSurrogate = top == 0x200D
            return isShortest && !isSurrogate ? 3 : nil
        }
        if bytes & 0xC0C0_C0F8 == 0x8080_80F0 {
            // The character in units of 0x10000: the first that needs four bytes is 1, U+10FFFF lies in 16.
            let plane = ((bytes << 2) & 0x1C) | ((bytes >> 12) & 0x03)
            return (1...16).contains(plane) ? 4 : nil
        }
        return nil
    }

    /// Four bytes with the first lowest, zeros behind the end: a zero continues no character.
    @inlinable @inline(__always)
    static func four(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> UInt32 {
        guard index &+ 4 > text.count else {
            let word = UnsafeRawBufferPointer(text).loadUnaligned(fromByteOffset: index, as: UInt32.self)
            return UInt32(littleEndian: word)
        }
        var word: UInt32 = 0
        for place in index..<text.count { word |= UInt32(text[place]) << UInt32(8 &* (place &- index)) }
        return word
    }

    /// Whether all of the text is well formed.
    public static func isValid(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = 0
        while index < text.count {
            if index &+ EightBytes.count <= text.count {
                let ascii = EightBytes(text, at: index).ascii
                if ascii == EightBytes.count {
                    index &+= EightBytes.count
                    continue
                }
                index &+= ascii
            }
            // Characters beyond ASCII seldom come alone.
            repeat {
                guard let length = length(in: text, at: index) else { return false }
                index &+= length
            } while index < text.count && text[index] >= 0x80
        }
        return true
    }
}
