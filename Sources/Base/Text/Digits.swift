extension UInt8 {
    /// The value of an ASCII digit, nil for any other byte.
    @inlinable public var digit: Int? { (0x30...0x39).contains(self) ? Int(self - 0x30) : nil }

    /// The value of an ASCII hexadecimal digit of either case, nil for any other byte.
    @inlinable public var hexDigit: Int? {
        switch self {
        case 0x30...0x39: Int(self - 0x30)
        case 0x41...0x46: Int(self - 0x37)
        case 0x61...0x66: Int(self - 0x57)
        default: nil
        }
    }

    /// The hexadecimal digit, in lower case, of the lowest four bits.
    @inlinable
    public init(hexDigitOf bits: UInt64) {
        let value = UInt8(truncatingIfNeeded: bits & 15)
        self = value < 10 ? 0x30 + value : 0x57 + value
    }
}

extension [UInt8] {
    /// Appends a number in decimal digits.
    @inlinable
    public mutating func append(decimal number: UInt64) {
        // The largest has 20 digits.
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        Swift.withUnsafeMutableBytes(of: &digits) { buffer in
            var rest = number
            var start = buffer.count
            repeat {
                start -= 1
                buffer[start] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[start...]))
        }
    }
}
