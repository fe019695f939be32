import HTTP
import TestSupport
import Testing

/// Which ids are taken over, and what new ones look like.
@Suite struct RequestIDTests {
    @Test(arguments: [
        "a", "0", "4f2c6c1e8b0a4d3f9e7a5b1c2d3e4f50", "6f1d2c3b-0a9e-4d8c-b7f6-5e4d3c2b1a09", "A.b_c~d+e/f=g:h@i-j",
        String(repeating: "x", count: 128),
    ])
    func isTakenOver(id: String) {
        #expect(RequestID.isWellFormed(id))
    }

    @Test(arguments: [
        "", " ", "a b", "a\tb", "a\r\nX-Evil: 1", "a\u{0}", "a\"b", "a,b", "a;b", "a\\b", "a<b>", "a%20b", "é",
        "a\u{7F}", "{a}",
        String(repeating: "x", count: 129),
    ])
    func isReplaced(id: String) {
        #expect(!RequestID.isWellFormed(id))
    }

    @Test func aNewOneIs32HexadecimalDigitsAndWellFormed() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<1_000 {
            let id = RequestID.make(using: &random)
            #expect(id.utf8.count == 32)
            #expect(id.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) })
            #expect(RequestID.isWellFormed(id))
        }
    }

    @Test func newOnesDiffer() {
        var random = SeededGenerator(seed: 3)
        #expect(Set((0..<1_000).map { _ in RequestID.make(using: &random) }).count == 1_000)
    }

    @Test func allBitsOfTheGeneratorAreInIt() {
        struct Fixed: RandomNumberGenerator {
            var values: [UInt64]
            mutating func next() -> UInt64 { values.removeFirst() }
        }
        var random = Fixed(values: [0x0123_4567_89AB_CDEF, .max])
        #expect(RequestID.make(using: &random) == "fedcba9876543210ffffffffffffffff")
    }
}
