/// An address of the Internet Protocol, version 4 or 6, without a zone.
package enum IPAddress: Sendable, Hashable {
    /// The 32 bits, the first octet uppermost.
    case v4(UInt32)
    /// The upper and the lower 64 bits.
    case v6(UInt64, UInt64)

    /// An address of 4 or 16 bytes in network order; nil for any other count.
    package init?(bytes: some Collection<UInt8>) {
        switch bytes.count {
        case 4:
            self = .v4(bytes.reduce(0) { ($0 << 8) | UInt32($1) })
        case 16:
            self = .v6(
                bytes.prefix(8).reduce(0) { ($0 << 8) | UInt64($1) },
                bytes.suffix(8).reduce(0) { ($0 << 8) | UInt64($1) })
        default:
            return nil
        }
    }

    /// The 4 or 16 bytes in network order.
    package var bytes: [UInt8] {
        switch self {
        case .v4(let bits): Self.bytes(of: bits)
        case .v6(let upper, let lower): Self.bytes(of: upper) + Self.bytes(of: lower)
        }
    }

    private static func bytes<Bits: FixedWidthInteger>(of bits: Bits) -> [UInt8] {
        stride(from: Bits.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: bits >> $0) }
    }
}

extension IPAddress {
    /// Reads an address strictly, without brackets: four decimal octets without leading zeros (RFC 3986 section 3.2.2),
    /// or the text of RFC 4291 section 2.2 with its `::` and its IPv4 tail.
    ///
    /// What inet_aton(3) takes beyond that (`127.1`, `0x7f.1`, `2130706433`, octal) is none, and neither is a zone.
    package init?(_ text: some StringProtocol) {
        if let bits = Self.octets(text) {
            self = .v4(bits)
        } else if let groups = Self.groups(text) {
            self.init(bytes: groups.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] })
        } else {
            return nil
        }
    }

    private static func octets(_ text: some StringProtocol) -> UInt32? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0") else { return nil }
            var octet: UInt32 = 0
            for digit in part {
                guard (0x30...0x39).contains(digit) else { return nil }
                octet = octet * 10 + UInt32(digit - 0x30)
            }
            guard octet <= 255 else { return nil }
            bits = (bits << 8) | octet
        }
        return bits
    }

    /// The eight groups of an address of version 6.
    private static func groups(_ text: some StringProtocol) -> [UInt16]? {
        let text = String(text)
        guard let gap = text.firstRange(of: "::") else {
            return run(text[...]).flatMap { $0.count == 8 ? $0 : nil }
        }
        guard let head = run(text[..<gap.lowerBound], mayEndInOctets: false), let tail = run(text[gap.upperBound...])
        else { return nil }
        let missing = 8 - head.count - tail.count
        return missing > 0 ? head + repeatElement(0, count: missing) + tail : nil
    }

    /// Groups between colons, none for empty text; the last may be the four octets of an address of version 4.
    private static func run(_ text: Substring, mayEndInOctets: Bool = true) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var groups: [UInt16] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 8 else { return nil }
        for (index, part) in parts.enumerated() {
            if mayEndInOctets, index == parts.count - 1, let bits = octets(part) {
                groups += [UInt16(bits >> 16), UInt16(bits & 0xFFFF)]
            } else {
                guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy({ $0.hexDigit != nil }),
                    let group = UInt16(part, radix: 16)
                else { return nil }
                groups.append(group)
            }
        }
        return groups
    }
}

extension IPAddress: CustomStringConvertible {
    /// The text of RFC 5952, without brackets, as `CURLOPT_RESOLVE` wants it.
    package var description: String {
        switch self {
        case .v4:
            return bytes.map(String.init).joined(separator: ".")
        case .v6(0, let lower) where (lower >> 32) == 0xFFFF:
            return "::ffff:\(IPAddress.v4(UInt32(truncatingIfNeeded: lower)))"
        case .v6:
            let bytes = self.bytes
            let groups = stride(from: 0, to: 16, by: 2).map { (UInt16(bytes[$0]) << 8) | UInt16(bytes[$0 + 1]) }
            let zeros = Self.longestZeros(groups)
            guard zeros.count > 1 else { return Self.text(groups[...]) }
            return Self.text(groups[..<zeros.lowerBound]) + "::" + Self.text(groups[zeros.upperBound...])
        }
    }

    private static func text(_ groups: ArraySlice<UInt16>) -> String {
        groups.map { String($0, radix: 16) }.joined(separator: ":")
    }

    /// The first of the longest runs of groups that are zero (RFC 5952 section 4.2.3).
    private static func longestZeros(_ groups: [UInt16]) -> Range<Int> {
        var longest = 0..<0
        var start = 0
        for index in groups.indices {
            if groups[index] != 0 {
                start = index + 1
            } else if index + 1 - start > longest.count {
                longest = start..<(index + 1)
            }
        }
        return longest
    }
}
