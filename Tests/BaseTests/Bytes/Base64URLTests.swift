import Base
import Testing

@Suite struct Base64URLTests {
    @Test(
        "it is read without padding, and each value in one way only",
        arguments: [
            ("", []), ("AA", [0]), ("AQAB", [1, 0, 1]), ("_-8", [0xFF, 0xEF]), ("A", nil), ("AB", nil), ("AA==", nil),
            ("A+B/", nil), ("AA A", nil), ("AAB", nil),
        ] as [(String, [UInt8]?)])
    func decode(text: String, bytes: [UInt8]?) { #expect(Base64URL.decode(text.utf8) == bytes) }
}
