/// SHA-256, FIPS 180-4: names the configuration that runs, and knows API keys without having them.
///
/// Our own, since one short file is less to keep than a cryptography library linked for it. It looks nothing up by what it
/// digests, so its time tells only of the length.
package enum SHA256 {
    /// The eight words of a digest.
    package typealias Digest = SIMD8<UInt32>

    /// The digest of `bytes`.
    package static func digest(of bytes: [UInt8]) -> Digest {
        var state = Digest(
            0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19)
        let message = padded(bytes)
        for start in stride(from: 0, to: message.count, by: 64) {
            mix(message[start..<start + 64], into: &state)
        }
        return state
    }

    /// The digest of `bytes` in lower-case hexadecimal, 64 characters.
    package static func hex(of bytes: [UInt8]) -> String {
        let digest = digest(of: bytes)
        return digest.indices.map { index in
            let digits = String(digest[index], radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    /// A digest written as 64 hexadecimal digits; nil for other text.
    package static func digest(hex text: some StringProtocol) -> Digest? {
        var digest = Digest()
        guard text.utf8.count == 64 else { return nil }
        for (index, byte) in text.utf8.enumerated() {
            guard let digit = FieldSyntax.hexDigit(byte) else { return nil }
            digest[index / 8] = digest[index / 8] << 4 | UInt32(digit)
        }
        return digest
    }

    /// The message, a one bit, zeros up to 8 bytes before a block's end, and the length in bits (section 5.1.1).
    private static func padded(_ bytes: [UInt8]) -> [UInt8] {
        var message = bytes
        message.append(0x80)
        message.append(contentsOf: repeatElement(0, count: (120 - message.count % 64) % 64))
        let bits = UInt64(bytes.count) * 8
        for shift in stride(from: 56, through: 0, by: -8) { message.append(UInt8(truncatingIfNeeded: bits >> shift)) }
        return message
    }

    /// One block of 64 bytes (section 6.2.2).
    private static func mix(_ block: ArraySlice<UInt8>, into state: inout Digest) {
        var words = [UInt32](repeating: 0, count: 64)
        for (offset, byte) in block.enumerated() {
            words[offset / 4] = words[offset / 4] << 8 | UInt32(byte)
        }
        for index in 16..<64 {
            let low = words[index - 15]
            let high = words[index - 2]
            let sigma0 = rotated(low, 7) ^ rotated(low, 18) ^ low >> 3
            let sigma1 = rotated(high, 17) ^ rotated(high, 19) ^ high >> 10
            words[index] = words[index - 16] &+ sigma0 &+ words[index - 7] &+ sigma1
        }
        var v = state
        for index in 0..<64 {
            let sum1 = rotated(v[4], 6) ^ rotated(v[4], 11) ^ rotated(v[4], 25)
            let choice = v[4] & v[5] ^ ~v[4] & v[6]
            let first = v[7] &+ sum1 &+ choice &+ constants[index] &+ words[index]
            let sum0 = rotated(v[0], 2) ^ rotated(v[0], 13) ^ rotated(v[0], 22)
            let majority = v[0] & v[1] ^ v[0] & v[2] ^ v[1] & v[2]
            v = Digest(first &+ sum0 &+ majority, v[0], v[1], v[2], v[3] &+ first, v[4], v[5], v[6])
        }
        state &+= v
    }

    private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 {
        word >> count | word << (32 - count)
    }

    /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes (section 4.2.2).
    private static let constants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
}
