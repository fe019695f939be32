import Base
import Foundation
import TestSupport
import Testing

/// Base64 by RFC 4648, judged by Foundation's.
@Suite struct Base64Tests {
    private static func encode(_ data: [UInt8]) -> String {
        var bytes: [UInt8] = []
        Base64.append(data, to: &bytes)
        return text(bytes)
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func theVectorsOfTheStandardHold(plain: String, encoded: String) {
        #expect(Self.encode(Array(plain.utf8)) == encoded)
    }

    @Test func generatedBytesAreEncodedAsFoundationDoes() {
        var random = SeededGenerator(seed: 1)
        for length in 0..<300 {
            let data = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(Self.encode(data) == Data(data).base64EncodedString())
        }
    }

    @Test func itAppendsToWhatIsThere() {
        var bytes = Array("x:".utf8)
        Base64.append([0xFB, 0xFF], to: &bytes)
        #expect(text(bytes) == "x:+/8=")
    }
}
