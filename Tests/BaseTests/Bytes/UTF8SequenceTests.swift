import Base
import TestSupport
import Testing

/// Well-formed UTF-8, judged by the standard library.
@Suite struct UTF8SequenceTests {
    private static func isValid(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { UTF8Sequence.isValid($0) }
    }

    @Test func everyCharacterIsWellFormedAndNoTruncationOfIt() {
        for value in stride(from: UInt32(0), through: 0x10FFFF, by: 61) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let bytes = Array(String(Character(scalar)).utf8)
            let length = bytes.withUnsafeBufferPointer { UTF8Sequence.length(in: $0, at: 0) }
            #expect(length == bytes.count)
            for cut in 1..<max(bytes.count, 1) { #expect(!Self.isValid(Array(bytes[..<cut]))) }
        }
    }

    @Test func everyPairOfBytesIsJudgedAsTheStandardLibraryDoes() {
        for first in UInt8.min...UInt8.max {
            for second in stride(from: UInt8(0), through: 0xFE, by: 2) {
                let bytes = [first, second]
                if Self.isValid(bytes) != (String(validating: bytes, as: UTF8.self) != nil) {
                    Issue.record("\(bytes)")
                }
            }
        }
    }

    @Test func generatedBytesAreJudgedAsTheStandardLibraryDoes() {
        var random = SeededGenerator(seed: 5)
        // The bytes at which the rules change, so that most strings come close to being well formed.
        let edges: [UInt8] = [
            0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF,
            0xF0, 0xF1, 0xF3,
            0xF4, 0xF5, 0xFF,
        ]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 1...5, using: &random)).map { _ in random.pick(edges) }
            if Self.isValid(bytes) != (String(validating: bytes, as: UTF8.self) != nil) { Issue.record("\(bytes)") }
        }
    }

    @Test func nothingIsWellFormed() {
        #expect(Self.isValid([]))
    }
}
