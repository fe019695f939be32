import Base
import Crypto

/// SHA-256 (FIPS 180-4) by swift-crypto: names the configuration that runs, and knows API keys without having them.
package enum SHA256 {
    /// The eight words of a digest.
    package typealias Digest = SIMD8<UInt32>

    /// The digest of `bytes`.
    package static func digest(of bytes: [UInt8]) -> Digest {
        var digest = Digest()
        for (index, byte) in Crypto.SHA256.hash(data: bytes).enumerated() {
            digest[index / 4] = (digest[index / 4] << 8) | UInt32(byte)
        }
        return digest
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
            guard let digit = byte.hexDigit else { return nil }
            digest[index / 8] = (digest[index / 8] << 4) | UInt32(digit)
        }
        return digest
    }
}
