/// A hash that nobody without its key can find collisions of: SipHash-2-4 (Aumasson and Bernstein, 2012).
///
/// For what clients choose and processes share: the standard library's `Hasher` has another key in every process.
package struct SipHash: Sendable {
    /// The secret of 128 bits.
    package struct Key: Sendable, Hashable {
        package var low: UInt64
        package var high: UInt64

        package init(low: UInt64, high: UInt64) {
            self.low = low
            self.high = high
        }
    }

    private var v0, v1, v2, v3: UInt64
    /// Bytes that make no whole word yet, the first lowest.
    private var tail: UInt64 = 0
    private var count: UInt64 = 0

    /// A hash of nothing so far.
    package init(key: Key) {
        v0 = key.low ^ 0x736F_6D65_7073_6575
        v1 = key.high ^ 0x646F_7261_6E64_6F6D
        v2 = key.low ^ 0x6C79_6765_6E65_7261
        v3 = key.high ^ 0x7465_6462_7974_6573
    }

    /// Goes on with the text's UTF-8.
    package mutating func combine(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            for byte in bytes {
                tail |= UInt64(byte) << ((count & 7) * 8)
                count &+= 1
                guard count & 7 == 0 else { continue }
                compress(tail)
                tail = 0
            }
        }
    }

    /// The hash of all so far.
    package func value() -> UInt64 {
        var state = self
        state.compress(tail | (count << 56))
        state.v2 ^= 0xFF
        for _ in 0..<4 { state.round() }
        return state.v0 ^ state.v1 ^ state.v2 ^ state.v3
    }

    private mutating func compress(_ word: UInt64) {
        v3 ^= word
        round()
        round()
        v0 ^= word
    }

    private mutating func round() {
        v0 &+= v1
        v2 &+= v3
        v1 = Self.rotated(v1, 13) ^ v0
        v3 = Self.rotated(v3, 16) ^ v2
        v0 = Self.rotated(v0, 32)
        v2 &+= v1
        v0 &+= v3
        v1 = Self.rotated(v1, 17) ^ v2
        v3 = Self.rotated(v3, 21) ^ v0
        v2 = Self.rotated(v2, 32)
    }

    private static func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 { (word << bits) | (word >> (64 - bits)) }
}
