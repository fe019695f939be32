import FanOut

/// A case of the corpus with some of its bytes changed; the same number makes the same bytes in every run.
struct Mutation: CustomStringConvertible {
    let number: UInt64
    let bytes: [UInt8]

    /// What readers of HTTP have fallen over.
    private static let pieces =
        [
            "\r\n", "\n", "\r", "\r\n\r\n", "\0", " ", "\t", ":", ",", ";", "0", "1", "-", "+", "0x", "chunked",
            "close",
            "Content-Length: 1\r\n", "Transfer-Encoding: chunked\r\n", "Host: h\r\n", "Connection: close\r\n",
            "Connection: keep-alive\r\n", "Expect: 100-continue\r\n", "HTTP/1.0", "HTTP/1.1", "GET /ok HTTP/1.1\r\n",
            "0\r\n\r\n", "1\r\nx\r\n", "ffffffffffffffff", "18446744073709551616", "%2e%2e", "%00", "/../", "//",
            "\u{7F}",
            "\u{80}", "\u{FF}", "\r\n ", "http://", "*", "@",
        ].map { $0.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } }

    init(_ number: UInt64, of cases: [RequestCase]) {
        var random = SplitMix64(seed: number &* 0x2545_F491_4F6C_DD1D)
        var bytes = random.pick(cases).bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let start = Int.random(in: 0...bytes.count, using: &random)
            let range = start..<min(bytes.count, start + Int.random(in: 0...12, using: &random))
            switch Int.random(in: 0..<7, using: &random) {
            case 0: bytes.removeSubrange(range)
            case 1: bytes.insert(contentsOf: bytes[range], at: start)
            case 2: bytes.insert(contentsOf: random.pick(Self.pieces), at: start)
            case 3: bytes.replaceSubrange(range, with: random.pick(Self.pieces))
            case 4: for index in range.prefix(1) { bytes[index] = .random(in: 0...255, using: &random) }
            case 5: for index in range.prefix(1) { bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
            default: bytes.replaceSubrange(start..., with: random.pick(cases).bytes)
            }
        }
        self.number = number
        // Longer than any case of the corpus that is not about length, and within one read of the gateway's.
        self.bytes = Array(bytes.prefix(8 << 10))
    }

    var description: String {
        "mutation \(number): \(String(decoding: bytes.prefix(600), as: UTF8.self).debugDescription)"
    }
}

extension SplitMix64 {
    /// One of the choices, which are not empty.
    fileprivate mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: 0..<choices.count, using: &self)]
    }
}
