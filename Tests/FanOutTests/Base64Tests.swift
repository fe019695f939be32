import FanOut
import Foundation
import Testing

/// Base64 by RFC 4648, judged by Foundation's.
@Suite struct Base64Tests {
    @Test func theVectorsOfTheStandardHold() {
        let vectors = [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ]
        for (plain, encoded) in vectors {
            var bytes: [UInt8] = []
            Base64.append(Array(plain.utf8), to: &bytes)
            #expect(String(decoding: bytes, as: UTF8.self) == encoded)
        }
    }
}
