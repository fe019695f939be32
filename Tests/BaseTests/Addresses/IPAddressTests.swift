import Base
import TestSupport
import Testing

@Suite struct IPAddressTests {
    @Test(
        "an address is read, and written in its shortest form",
        arguments: [
            ("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
            ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8::A", "2001:db8::a"),
            ("2001:0db8:0000:0000:0001:0000:0000:0001", "2001:db8::1:0:0:1"), ("1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::ffff:10.0.0.1", "::ffff:10.0.0.1"),
            ("0:0:0:0:0:FFFF:0a00:0001", "::ffff:10.0.0.1"), ("64:ff9b::192.0.2.1", "64:ff9b::c000:201"),
            ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
        ])
    func readsAndWrites(text: String, short: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == short)
        #expect(IPAddress(address.description) == address)
        #expect(IPAddress(bytes: address.bytes) == address)
    }

    @Test(
        "what only some resolvers take for an address is none",
        arguments: [
            "", ".", "1", "127.1", "127.0.1", "0x7f.1", "2130706433", "0177.0.0.1", "127.0.0.01", "256.0.0.1",
            "1.2.3.4.",
            "1.2.3.4.5", "1..2.3", " 127.0.0.1", "127.0.0.1 ", "+1.2.3.4", "１２７.0.0.1", "1.2.3.-4", ":", ":::", "1:2",
            "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1::", "1::2::3", "12345::", "g::", "::1%lo", "[::1]",
            "::1.2.3", "1.2.3.4::", "::1.2.3.4:1", "1:2:3:4:5:6:7:1.2.3.4", "::+1",
        ])
    func refuses(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test("an address has 4 or 16 bytes, in network order")
    func bytes() {
        #expect(IPAddress(bytes: [1, 2, 3, 4]) == .v4(0x0102_0304))
        #expect(IPAddress(bytes: Array(1...16)) == .v6(0x0102_0304_0506_0708, 0x090A_0B0C_0D0E_0F10))
        #expect(IPAddress(bytes: [1, 2, 3]) == nil)
        #expect(IPAddress(bytes: []) == nil)
    }

    @Test(
        "the first and the last address of a special block are special",
        arguments: [
            "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1",
            "127.255.255.255", "169.254.169.254", "172.16.0.0", "172.31.255.255", "192.0.0.1", "192.0.2.255",
            "192.88.99.1",
            "192.168.0.1", "198.18.0.0", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:192.168.1.1",
            "64:ff9b::10.0.0.1", "64:ff9b:1::1", "64:ff9b:1:ffff::1", "100::1", "100:0:0:1::1", "2001::1",
            "2001:1ff::1",
            "2001:db8::1", "2002:7f00:1::", "2002:a00:1:2::3", "3fff::1", "3fff:fff:ffff::1", "5f00::1", "fc00::1",
            "fdff::1", "fe80::1", "febf::1", "fec0::1", "ff02::1", "ffff::",
        ])
    func special(text: String) throws {
        #expect(try #require(IPAddress(text)).isSpecial)
    }

    @Test(
        "the addresses beside special blocks, and those of the public internet, are not",
        arguments: [
            "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
            "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0",
            "192.167.255.255",
            "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "8.8.8.8", "::ffff:8.8.8.8",
            "::1:0:0:1", "64:ff9b::8.8.8.8", "2002:808:808::", "2001:200::1", "2001:4860:4860::8888", "2606:4700::1",
            "3ffe::1", "4000::", "fbff::1", "101::1", "100:0:0:2::1",
        ])
    func ordinary(text: String) throws {
        #expect(try !#require(IPAddress(text)).isSpecial)
    }

    @Test("random text is an address that is written and read the same, or none")
    func noise() {
        var random = SeededGenerator(seed: 5)
        let alphabet = Array("0123456789abcdf:::...%[]")
        for _ in 0..<5_000 {
            let text = String(
                (0..<Int.random(in: 0...16, using: &random)).compactMap { _ in
                    alphabet.randomElement(using: &random)
                })
            guard let address = IPAddress(text) else { continue }
            #expect(IPAddress(address.description) == address)
        }
    }
}
