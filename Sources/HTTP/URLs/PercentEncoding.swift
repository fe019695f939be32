import Base

/// Percent-encoding (RFC 3986 section 2.1).
package enum PercentEncoding {
    /// The decoded text; nil for a broken escape, a NUL or what is not UTF-8.
    ///
    /// `plusIsSpace` reads `+` as a space, as HTML forms write queries.
    package static func decode(_ text: Substring, plusIsSpace: Bool = false) -> String? {
        let plus = UInt8(ascii: "+")
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || ($0 == plus && plusIsSpace) || $0 == 0 }) else {
            return String(text)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = iterator.next()?.hexDigit, let low = iterator.next()?.hexDigit, high | low != 0 else {
                    return nil
                }
                bytes.append(UInt8((high << 4) | low))
            case plus where plusIsSpace: bytes.append(0x20)
            case 0: return nil
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Appends the text with all but the unreserved characters encoded (RFC 3986 section 2.3), and `keep` as it is.
    package static func append(_ text: String, keeping keep: UInt8? = nil, to bytes: inout [UInt8]) {
        for byte in text.utf8 {
            if isUnreserved(byte) || byte == keep {
                bytes.append(byte)
            } else {
                append(byte: byte, to: &bytes)
            }
        }
    }

    /// Appends a byte encoded, whichever it is.
    package static func append(byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "%"))
        bytes.append(hexDigit(byte >> 4))
        bytes.append(hexDigit(byte & 15))
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: false
        }
    }

    /// In upper case (RFC 3986 section 2.1).
    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}
