/// A block of addresses: those whose first bits are the same, as `10.0.0.0/8` writes it (RFC 4632 section 3.1, RFC 4291
/// section 2.3).
package struct AddressBlock: Sendable, Hashable, CustomStringConvertible {
    private let address: IPAddress
    /// How many bits are the same.
    private let length: Int

    package init(_ address: IPAddress, _ length: Int) {
        self.address = address
        self.length = length
    }

    /// Reads `ADDRESS/BITS`, or an address that stands for itself; nil for other text and for bits set behind the prefix.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddress(first) else { return nil }
        let most = address.bytes.count * 8
        guard parts.count == 2 else {
            self.init(address, most)
            return
        }
        let digits = parts[1].utf8
        guard (1...3).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let length = Int(parts[1]), length <= most, Self.isZero(address, from: length)
        else { return nil }
        self.init(address, length)
    }

    private static func isZero(_ address: IPAddress, from length: Int) -> Bool {
        switch address {
        case .v4(let bits): (bits << length) == 0
        case .v6(let upper, let lower):
            length < 64 ? (upper << length) == 0 && lower == 0 : (lower << (length - 64)) == 0
        }
    }

    /// As a configuration writes it.
    package var description: String { length == address.bytes.count * 8 ? "\(address)" : "\(address)/\(length)" }

    /// Whether an address is one of them.
    package func contains(_ other: IPAddress) -> Bool {
        switch (address, other) {
        case (.v4(let mine), .v4(let bits)): ((mine ^ bits) >> (32 - length)) == 0
        case (.v6(let mine, let rest), .v6(let bits, let lower)):
            ((mine ^ bits) >> (64 - min(length, 64))) == 0 && ((rest ^ lower) >> (128 - max(length, 64))) == 0
        case (.v4, .v6), (.v6, .v4): false
        }
    }
}
