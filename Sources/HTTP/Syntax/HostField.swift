import Base

/// The value of the field Host (RFC 9110 section 7.2).
package enum HostField {
    /// A name or an address, which may be in brackets, and a port if there is a colon; RFC 3986 section 3.2.2.
    package static func isWellFormed(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = 0
        if value.first == UInt8(ascii: "[") {
            guard let end = value.firstIndex(of: UInt8(ascii: "]")), end > 2 else { return false }
            let isAddress = value[1..<end].allSatisfy {
                $0.hexDigit != nil || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".")
            }
            guard isAddress else { return false }
            index = end + 1
        } else {
            while index < value.count, isNamePart(value[index]) { index += 1 }
            guard index > 0 else { return false }
        }
        guard index < value.count else { return true }
        guard value[index] == UInt8(ascii: ":"), value.count - index <= 6 else { return false }
        return value[(index + 1)...].allSatisfy { $0.digit != nil }
    }

    /// Unreserved, sub-delims and percent-encoding: neither a path nor user information is any of them.
    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "%"): true
        case UInt8(ascii: "!"), UInt8(ascii: "$"), 0x26...0x2C, UInt8(ascii: ";"), UInt8(ascii: "="): true
        default: false
        }
    }

    /// The same of the authority in a target (RFC 9112 section 3.2.2), which has no user information either.
    package static func isWellFormed(authority: Substring) -> Bool {
        Array(authority.utf8).withUnsafeBufferPointer { isWellFormed($0) }
    }
}
