import Foundation
import TestSupport
import Testing

@testable import JSON

/// Writing JSON strings and numbers, and reading keys back.
@Suite struct JSONTextTests {
    private static func quoted(_ string: String) -> [UInt8] {
        var bytes: [UInt8] = []
        JSONText.append(string: string, to: &bytes)
        return bytes
    }

    @Test(arguments: [
        ("", #""""#), ("a", #""a""#), ("\"\\/", #""\"\\/""#), ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#),
        ("\u{0}\u{1}\u{1F}\u{B}", #""\u0000\u0001\u001f\u000b""#), ("é😀\u{7F}", "\"é😀\u{7F}\""),
    ])
    func onlyWhatMustBeEscapedIs(string: String, json: String) {
        #expect(text(Self.quoted(string)) == json)
    }

    @Test func everyControlCharacterComesBack() throws {
        for scalar in (0..<0x80).compactMap(Unicode.Scalar.init) {
            let string = "a\(scalar)b"
            #expect(try Self.read(Self.quoted(string)) == string)
        }
    }

    @Test(arguments: UInt64(1)...50)
    func generatedTextComesBack(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let string = random.hostileText(length: 30)
        let json = Self.quoted(string)
        #expect(try Self.read(json) == string)
        #expect(text(JSONText.unescaped(json.dropFirst().dropLast())) == string)
    }

    private static func read(_ json: [UInt8]) throws -> String? {
        try JSONSerialization.jsonObject(with: Data(json), options: .fragmentsAllowed) as? String
    }

    @Test(arguments: [
        (#"\u0041\u00e9\u20AC"#, "Aé€"), (#"\ud83d\ude00"#, "😀"), (#"\uD83D\uDE00x"#, "😀x"),
        (#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#"\\u0041"#, "\\u0041"), (#"\ud83d"#, "\u{FFFD}"), (#"\ude00\ud83d"#, "\u{FFFD}\u{FFFD}"),
        (#"\ud83d-\ude00"#, "\u{FFFD}-\u{FFFD}"), (#"\ud83d\n\ude00"#, "\u{FFFD}\n\u{FFFD}"), ("", ""), ("😀é", "😀é"),
    ])
    func escapesAreDecoded(json: String, string: String) {
        #expect(text(JSONText.unescaped(Array(json.utf8)[...])) == string)
    }

    @Test func everyCodeUnitDecodesAsJSONSerializationReadsIt() throws {
        for unit in stride(from: 0, through: 0xFFFF, by: 7) where !(0xD800...0xDFFF).contains(unit) {
            let digits = String(unit, radix: 16, uppercase: unit % 2 == 0)
            let escape = "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            let ours = text(JSONText.unescaped(Array(escape.utf8)[...]))
            #expect(try Self.read(Array("\"\(escape)\"".utf8)) == ours)
        }
    }

    @Test func numbersAreWrittenInDecimal() {
        var bytes: [UInt8] = []
        JSONText.append(-12, to: &bytes)
        JSONText.append(UInt64.max, to: &bytes)
        #expect(text(bytes) == "-1218446744073709551615")
    }

    @Test(arguments: [
        (Duration.zero, "0.0"), (.microseconds(49), "0.0"), (.microseconds(50), "0.1"), (.microseconds(12_345), "12.3"),
        (.microseconds(99_950), "100.0"), (.seconds(2), "2000.0"), (.seconds(-1), "0.0"),
    ])
    func durationsAreMillisecondsWithOneDecimal(duration: Duration, written: String) {
        var bytes: [UInt8] = []
        JSONText.append(milliseconds: duration, to: &bytes)
        #expect(text(bytes) == written)
    }

    @Test func theLongestDurationCanBeWritten() {
        var bytes: [UInt8] = []
        JSONText.append(milliseconds: .seconds(Int64.max), to: &bytes)
        #expect(text(bytes) == "18446744073709.6")
    }
}
