extension IPAddress {
    /// Whether the address is not a place on the public internet: loopback, private, link-local, shared, multicast,
    /// reserved, or one that leads to such an address.
    ///
    /// What RFC 6890 and IANA's registries of special-purpose addresses (iana-ipv4-special-registry,
    /// iana-ipv6-special-registry) call not globally reachable, with multicast beside it. Addresses of version 6 that
    /// carry one of version 4 are as special as that one.
    package var isSpecial: Bool {
        if let carried { return carried.isSpecial }
        return Self.specialBlocks.contains { $0.contains(self) }
    }

    /// The address of version 4 that this one leads to: IPv4-mapped (RFC 4291 section 2.5.5.2), NAT64 (RFC 6052
    /// section 2.1) or 6to4 (RFC 3056 section 2).
    private var carried: IPAddress? {
        guard case .v6(let upper, let lower) = self else { return nil }
        let tail = IPAddress.v4(UInt32(truncatingIfNeeded: lower))
        if upper == 0, (lower >> 32) == 0xFFFF { return tail }
        if upper == 0x0064_FF9B_0000_0000, (lower >> 32) == 0 { return tail }
        if (upper >> 48) == 0x2002 { return .v4(UInt32(truncatingIfNeeded: upper >> 16)) }
        return nil
    }

    private static let specialBlocks = [
        AddressBlock(.v4(0x0000_0000), 8),  // this network (RFC 791 section 3.2)
        AddressBlock(.v4(0x0A00_0000), 8),  // private (RFC 1918)
        AddressBlock(.v4(0x6440_0000), 10),  // shared by carriers' customers (RFC 6598)
        AddressBlock(.v4(0x7F00_0000), 8),  // loopback (RFC 1122 section 3.2.1.3)
        AddressBlock(.v4(0xA9FE_0000), 16),  // link-local (RFC 3927), where clouds keep their metadata
        AddressBlock(.v4(0xAC10_0000), 12),  // private (RFC 1918)
        AddressBlock(.v4(0xC000_0000), 24),  // protocol assignments (RFC 6890 section 2.1)
        AddressBlock(.v4(0xC000_0200), 24),  // documentation (RFC 5737)
        AddressBlock(.v4(0xC058_6300), 24),  // relays of 6to4, deprecated (RFC 7526)
        AddressBlock(.v4(0xC0A8_0000), 16),  // private (RFC 1918)
        AddressBlock(.v4(0xC612_0000), 15),  // benchmarking (RFC 2544)
        AddressBlock(.v4(0xC633_6400), 24),  // documentation (RFC 5737)
        AddressBlock(.v4(0xCB00_7100), 24),  // documentation (RFC 5737)
        AddressBlock(.v4(0xE000_0000), 4),  // multicast (RFC 5771)
        AddressBlock(.v4(0xF000_0000), 4),  // reserved (RFC 1112 section 4), with the broadcast address (RFC 919)
        AddressBlock(.v6(0, 0), 96),  // unspecified, loopback, and IPv4-compatible, deprecated (RFC 4291 section 2.5)
        AddressBlock(.v6(0x0064_FF9B_0001_0000, 0), 48),  // NAT64 for local use (RFC 8215)
        AddressBlock(.v6(0x0100_0000_0000_0000, 0), 64),  // discard only (RFC 6666)
        AddressBlock(.v6(0x0100_0000_0000_0001, 0), 64),  // dummy prefix (RFC 9780)
        // Protocol assignments (RFC 2928): Teredo, benchmarking, ORCHID.
        AddressBlock(.v6(0x2001_0000_0000_0000, 0), 23),
        AddressBlock(.v6(0x2001_0DB8_0000_0000, 0), 32),  // documentation (RFC 3849)
        AddressBlock(.v6(0x3FFF_0000_0000_0000, 0), 20),  // documentation (RFC 9637)
        AddressBlock(.v6(0x5F00_0000_0000_0000, 0), 16),  // segment routing (RFC 9602)
        AddressBlock(.v6(0xFC00_0000_0000_0000, 0), 7),  // unique local (RFC 4193)
        AddressBlock(.v6(0xFE80_0000_0000_0000, 0), 10),  // link-local (RFC 4291 section 2.5.6)
        AddressBlock(.v6(0xFEC0_0000_0000_0000, 0), 10),  // site-local, deprecated (RFC 3879)
        AddressBlock(.v6(0xFF00_0000_0000_0000, 0), 8),  // multicast (RFC 4291 section 2.7)
    ]
}
