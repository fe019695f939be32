import Foundation
import HTTP
import TestSupport
import Testing

/// Percent-encoding, there and back.
@Suite struct PercentEncodingTests {
    private static func encode(_ string: String, keeping keep: UInt8? = nil) -> String {
        var bytes: [UInt8] = []
        PercentEncoding.append(string, keeping: keep, to: &bytes)
        return text(bytes)
    }

    @Test func onlyTheUnreservedCharactersStay() {
        let unreserved = "ABCXYZabcxyz0189-._~"
        #expect(Self.encode(unreserved) == unreserved)
        #expect(Self.encode("/?#[]@!$&'()*+,;=%: ") == "%2F%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D%25%3A%20")
        #expect(Self.encode("é") == "%C3%A9")
        #expect(Self.encode("a/b c", keeping: UInt8(ascii: "/")) == "a/b%20c")
    }

    @Test(arguments: UInt64(1)...100)
    func generatedTextComesBack(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let string = random.hostileText(length: 20)
        let encoded = Self.encode(string)
        #expect(PercentEncoding.decode(encoded[...]) == string)
        #expect(PercentEncoding.decode(encoded[...], plusIsSpace: true) == string)
        #expect(encoded.removingPercentEncoding == string)
        #expect(encoded.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"/?#&=".utf8.contains($0) })
    }

    @Test(arguments: [
        "%", "%2", "%zz", "%2g", "a%", "%%41", "%+1", "% 1", "%00", "a\u{0}", "%41\u{0}", "%80", "%C3", "%C0%AF",
        "%ED%A0%80",
    ])
    func aBrokenEscapeAndWhatIsNoTextIsRefused(encoded: String) {
        #expect(PercentEncoding.decode(encoded[...]) == nil)
    }

    @Test func bothCasesOfTheDigitsAreRead() {
        #expect(PercentEncoding.decode("%c3%a9%C3%A9%2f%2F") == "éé//")
    }

    @Test func itIsDecodedOnce() {
        #expect(PercentEncoding.decode("%252e") == "%2e")
    }

    @Test func plusIsASpaceOnlyInForms() {
        #expect(PercentEncoding.decode("a+b%2B") == "a+b+")
        #expect(PercentEncoding.decode("a+b%2B", plusIsSpace: true) == "a b+")
    }

    @Test func partOfATextCanBeDecoded() {
        let whole = "x=%41&y"
        #expect(PercentEncoding.decode(whole.dropFirst(2).dropLast(2)) == "A")
    }
}
