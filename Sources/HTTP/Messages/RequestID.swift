import Base

/// The id that joins what gateway, upstreams and logs say of one request (`X-Request-Id`).
package enum RequestID {
    /// Whether an id from outside is taken over: 1 to 128 of the characters that need no quoting anywhere.
    package static func isWellFormed(_ id: String) -> Bool {
        (1...128).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "._~+/=:@-".utf8.contains(byte)
                }
            }
    }

    /// A new id: 128 random bits as 32 hexadecimal digits, which is the form of nginx's `$request_id`.
    package static func make(using generator: inout some RandomNumberGenerator) -> String {
        String(unsafeUninitializedCapacity: 32) { buffer in
            for half in 0..<2 {
                var bits: UInt64 = generator.next()
                for index in 0..<16 {
                    buffer[half * 16 + index] = UInt8(hexDigitOf: bits)
                    bits >>= 4
                }
            }
            return 32
        }
    }
}
