import FanOut
import JSON
import TestSupport
import Testing

/// The scanner beside a second judge, over thousands of generated and mutated texts.
@Suite struct JSONScannerDifferentialTests {
    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { (try? JSONScanner.check($0)) != nil }
    }

    /// Where the two differ, it must be by one of the second judge's known ways, and by nothing else.
    private static func compare(_ bytes: [UInt8]) {
        let ours = isJSON(bytes)
        let document = bytes.withUnsafeBufferPointer { try? JSONScanner.document($0) }
        if (document != nil) != ours { Issue.record("check and document differ: \(bytes)") }
        let part = Part(bytes, as: .json, needsObject: false)
        if !bytes.isEmpty, part?.json != (ours ? bytes : nil) { Issue.record("not passed as it is: \(bytes)") }
        switch (ours, SecondJudge.accepts(bytes)) {
        case (true, true), (false, false): return
        case (false, true):
            if !SecondJudge.withoutLeniency(bytes).contains(where: isJSON) {
                Issue.record("refused, and no known leniency of the judge: \(bytes) \(text(bytes))")
            }
        case (true, false):
            if !SecondJudge.accepts(SecondJudge.withoutStrictness(bytes)) {
                Issue.record("accepted, and no known strictness of the judge: \(bytes) \(text(bytes))")
            }
        }
    }

    @Test("Generated documents are JSON to both", arguments: UInt64(1)...200)
    func generatedDocuments(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bytes = Array(random.json().utf8)
        #expect(Self.isJSON(bytes) && SecondJudge.accepts(bytes), "\(text(bytes))")
    }

    @Test("Of mutated documents both think the same, but for what is listed", arguments: UInt64(1)...100)
    func mutations(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let original = Array(random.json().utf8)
        for _ in 0..<60 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...3, using: &random) { Self.mutate(&bytes, &random) }
            Self.compare(bytes)
        }
    }

    @Test("Of random bytes both think the same, but for what is listed")
    func randomBytes() {
        var random = SeededGenerator(seed: 7)
        let alphabet = Array("{}[]\",:\\u01-.eE tfn".utf8) + [0x00, 0xC3, 0xA9, 0xEF, 0xBB, 0xBF, 0xFF]
        for _ in 0..<3_000 {
            Self.compare((0..<Int.random(in: 0...12, using: &random)).map { _ in random.pick(alphabet) })
        }
    }

    @Test("Each way of the second judge is met, and none of them is ours")
    func knownDifferences() {
        let lenient: [[UInt8]] =
            ["[1,]", "{\"a\":1 , }", "\u{FEFF}[]"].map { Array($0.utf8) }
            + [[0x5B, 0, 0x5D, 0], [0, 0x5B, 0, 0x5D], [0xFF, 0xFE, 0x31, 0], [0, 0, 0, 0x31], [0x31, 0, 0, 0]]
        for bytes in lenient {
            #expect(!Self.isJSON(bytes) && SecondJudge.accepts(bytes), "\(bytes)")
            Self.compare(bytes)
        }
        for strict in ["\"\\ud800\"", "\"\\uDC00\\uD800\"", "1e999", "[-1E+999]"].map({ Array($0.utf8) }) {
            #expect(Self.isJSON(strict) && !SecondJudge.accepts(strict), "\(text(strict))")
            Self.compare(strict)
        }
        let deep = [UInt8](repeating: 0x5B, count: 257) + [UInt8](repeating: 0x5D, count: 257)
        #expect(!Self.isJSON(deep) && SecondJudge.accepts(deep))
    }

    private static func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        let byte =
            random.chance(2, of: 3)
            ? random.pick(Array("{}[]\",:\\u0123-+.eEtfn \n".utf8)) : random.pick(Array(0...255))
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes.insert(byte, at: place)
        case 1 where place < bytes.count: bytes[place] = byte
        case 2 where place < bytes.count: bytes.remove(at: place)
        case 3:
            let pieces = [
                ",]", ", }", "\\ud800", "\\uDBFF\\uDFFF", "e999", "1.", ".1", "-", "-0", "\u{FEFF}", "\\u12", "\0",
            ]
            bytes.insert(contentsOf: random.pick(pieces).utf8, at: place)
        case 4 where random.chance(1, of: 5): bytes = bytes.flatMap { [$0, 0] }
        default:
            let end = min(bytes.count, place + 5)
            bytes.insert(contentsOf: bytes[place..<end], at: place)
        }
    }
}
