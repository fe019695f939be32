import Base

/// Cases of the corpus that are changed; the same number makes the same bytes in every run.
///
/// Of even numbers some of the bytes are changed, whatever comes of it. Of odd ones it is what a sender may choose, so
/// that other readers take them as well and can be asked how many requests they are.
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
        let bytes = number.isMultiple(of: 2) ? Self.broken(cases, &random) : Self.varied(cases, &random)
        self.number = number
        // Longer than any case of the corpus that is not about length, and within one read of the gateway's.
        self.bytes = Array(bytes.prefix(8 << 10))
    }

    private static func broken(_ cases: [RequestCase], _ random: inout SplitMix64) -> [UInt8] {
        var bytes = random.pick(cases).bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let start = Int.random(in: 0...bytes.count, using: &random)
            let range = start..<min(bytes.count, start + Int.random(in: 0...12, using: &random))
            switch Int.random(in: 0..<7, using: &random) {
            case 0: bytes.removeSubrange(range)
            case 1: bytes.insert(contentsOf: bytes[range], at: start)
            case 2: bytes.insert(contentsOf: random.pick(pieces), at: start)
            case 3: bytes.replaceSubrange(range, with: random.pick(pieces))
            case 4: for index in range.prefix(1) { bytes[index] = .random(in: 0...255, using: &random) }
            case 5: for index in range.prefix(1) { bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
            default: bytes.replaceSubrange(start..., with: random.pick(cases).bytes)
            }
        }
        return bytes
    }

    /// Field lines that change nothing.
    private static let harmless = [
        "Accept: */*\r\n", "aCCepT:text/html\t\r\n", "X-Empty:\r\n", "X-A: b, c;d=\"e\"\r\n", "Cookie: a=b; c=d\r\n",
        "X-Te: chunked\r\n", "X-Length: Content-Length: 5\r\n", "Accept-Encoding: gzip,  br \r\n",
        "X-Bytes: \u{80}\u{FF}\r\n", "Connection: keep-alive\r\n", "TE: trailers\r\n", "If-None-Match: *\r\n",
    ]

    /// Some of the cases that are answered and leave the connection open, one after the other.
    private static func varied(_ cases: [RequestCase], _ random: inout SplitMix64) -> [UInt8] {
        var text = ""
        for _ in 0..<Int.random(in: 1...5, using: &random) {
            var request = random.pick(cases)
            while !request.stays { request = random.pick(cases) }
            text += varied(request.text, &random)
        }
        return RequestCase.bytes(of: text)
    }

    private static func varied(_ text: String, _ random: inout SplitMix64) -> String {
        var text = text
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            switch Int.random(in: 0..<5, using: &random) {
            case 0:
                // Behind the request's line, of which there is one: some cases are two requests.
                if let line = text.firstRange(of: "HTTP/1.1\r\n") {
                    text.insert(contentsOf: random.pick(harmless), at: line.upperBound)
                }
            case 1:
                if let end = text.firstRange(of: "\r\n\r\n") {
                    text.replaceSubrange(end, with: "\r\n" + random.pick(harmless) + "\r\n")
                }
            case 2:
                let host = random.pick(["host: h", "HOST:h", "hOsT: \t h", "Host:  h  "])
                if let field = text.firstRange(of: "Host: h") { text.replaceSubrange(field, with: host) }
            case 3:
                // One chunk more, its size written in some way.
                guard text.contains("Transfer-Encoding: chunked\r\n"), text.hasSuffix("\r\n0\r\n\r\n") else { continue }
                let count = Int.random(in: 1...300, using: &random)
                let size = String(count, radix: 16, uppercase: .random(using: &random))
                let zeros = String(repeating: "0", count: .random(in: 0...3, using: &random))
                let data = (0..<count).map { _ in random.pick(["\r", "\n", "0", "a", "\u{0}", "\u{FF}"]) }.joined()
                text.unicodeScalars.removeLast("0\r\n\r\n".unicodeScalars.count)
                text += "\(zeros)\(size)\r\n\(data)\r\n0\r\n\r\n"
            default:
                let query = "?a=\(Int.random(in: 0..<1_000_000, using: &random))&b=%20~*'(/)"
                if let target = text.firstRange(of: "/ok HTTP/1.1") {
                    text.replaceSubrange(target, with: "/ok\(query) HTTP/1.1")
                }
            }
        }
        return text
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
