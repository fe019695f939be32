import Base
import TestSupport
import Testing

/// The hash for what clients choose.
@Suite struct SipHashTests {
    /// Key 00 01 … 0f, and of each row the hash of the bytes 00, 01, … up to its number (the paper's appendix A and the
    /// reference implementation's vectors).
    private static let vectors: [UInt64] = [
        0x726F_DB47_DD0E_0E31, 0x74F8_39C5_93DC_67FD, 0x0D6C_8009_D9A9_4F5A, 0x8567_6696_D7FB_7E2D,
        0xCF27_94E0_2771_87B7, 0x1876_5564_CD99_A68D, 0xCBC9_466E_58FE_E3CE, 0xAB02_00F5_8B01_D137,
        0x93F5_F579_9A93_2462, 0x9E00_82DF_0BA9_E4B0, 0x7A5D_BBC5_94DD_B9F3, 0xF4B3_2F46_226B_ADA7,
        0x751E_8FBC_860E_E5FB, 0x14EA_5627_C084_3D90, 0xF723_CA90_8E7A_F2EE, 0xA129_CA61_49BE_45E5,
    ]

    @Test("It is what its authors say", arguments: 0..<16)
    func isAsPublished(length: Int) {
        var hash = SipHash(key: SipHash.Key(low: 0x0706_0504_0302_0100, high: 0x0F0E_0D0C_0B0A_0908))
        hash.combine(String(decoding: (0..<length).map { UInt8($0) }, as: UTF8.self))
        #expect(hash.value() == Self.vectors[length])
    }

    @Test("A text in pieces has the hash of all in one, and another with another key", arguments: UInt64(1)...20)
    func goesOn(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let text = random.hostileText(length: 60)
        let key = SipHash.Key(low: random.next(), high: random.next())
        var whole = SipHash(key: key)
        whole.combine(text)
        var pieces = SipHash(key: key)
        var rest = text[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...rest.count, using: &random)
            pieces.combine(String(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        #expect(pieces.value() == whole.value())
        var other = SipHash(key: SipHash.Key(low: key.low ^ 1, high: key.high))
        other.combine(text)
        #expect(other.value() != whole.value())
    }
}
