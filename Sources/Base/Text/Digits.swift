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
}
