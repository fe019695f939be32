import TestSupport
import Testing

@testable import Base
@testable import FanOut
@testable import JSON

/// Text and Base64 as they are written by eight bytes, beside a byte after the other.
@Suite struct WritingTests {
    /// A JSON string as RFC 8259 section 7 has it, slow and plain.
    private static func quoted(_ bytes: [UInt8]) -> [UInt8] {
        let short: [UInt8: String] = [
            0x22: "\\\"", 0x5C: "\\\\", 0x08: "\\b", 0x09: "\\t", 0x0A: "\\n", 0x0C: "\\f", 0x0D: "\\r",
        ]
        let inner = bytes.flatMap { byte -> [UInt8] in
            if let escape = short[byte] { return Array(escape.utf8) }
            return byte < 0x20 ? Array("\\u00\(byte < 0x10 ? "0" : "")\(String(byte, radix: 16))".utf8) : [byte]
        }
        return [0x22] + inner + [0x22]
    }

    private static func written(_ bytes: [UInt8], behind start: String = "") -> [UInt8] {
        var json = Array(start.utf8)
        bytes.withUnsafeBufferPointer { JSONText.append(stringOf: $0, to: &json) }
        return json
    }

    @Test("Every byte of ASCII is written right at every place of a text")
    func everyByteAtEveryPlace() {
        for byte in UInt8(0)..<0x80 {
            for length in [0, 1, 6, 7, 8, 9, 16, 19] {
                for place in 0...length {
                    var bytes = [UInt8](repeating: 0x61, count: length)
                    bytes.insert(byte, at: place)
                    if Self.written(bytes) != Self.quoted(bytes) { Issue.record("\(bytes)") }
                }
            }
        }
    }

    @Test("Generated text is written as byte by byte, and behind what is there", arguments: UInt64(1)...50)
    func generatedText(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let bytes = Array(random.hostileText(length: 60).utf8)
            #expect(Self.written(bytes, behind: "x") == [0x78] + Self.quoted(bytes))
            #expect(bytes.isEmpty || Part(bytes, as: .text, needsObject: false)?.json == Self.quoted(bytes))
        }
    }

    @Test("Nothing but control bytes is written, at six times its length")
    func allEscapes() {
        let bytes = [UInt8](repeating: 1, count: 10_000)
        #expect(Self.written(bytes).count == 60_002)
        #expect(Self.written(bytes) == Self.quoted(bytes))
    }

    @Test("UTF-8 is judged as the standard library does, at every place of a text")
    func utf8AtEveryPlace() {
        let pieces: [[UInt8]] = [
            [0xC3, 0xA9], [0xE2, 0x82, 0xAC], [0xF0, 0x9F, 0x98, 0x80], [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98],
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF4, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFF],
        ]
        for piece in pieces {
            for length in 0...20 {
                for place in 0...length {
                    var bytes = [UInt8](repeating: 0x61, count: length)
                    bytes.insert(contentsOf: piece, at: place)
                    let isValid = bytes.withUnsafeBufferPointer { UTF8Sequence.isValid($0) }
                    if isValid != (String(validating: bytes, as: UTF8.self) != nil) { Issue.record("\(bytes)") }
                }
            }
        }
    }

    @Test("Numbers are written in decimal, whatever their size")
    func numbers() {
        var expected = ""
        var bytes: [UInt8] = []
        for shift in UInt64(0)..<64 {
            for number in [UInt64(1) << shift, (UInt64(1) << shift) &- 1, UInt64.max >> shift] {
                JSONText.append(number, to: &bytes)
                JSONText.append(Int(truncatingIfNeeded: number), to: &bytes)
                expected += "\(number)\(Int(truncatingIfNeeded: number))"
            }
        }
        JSONText.append(Int.min, to: &bytes)
        #expect(text(bytes) == expected + "\(Int.min)")
    }
}
