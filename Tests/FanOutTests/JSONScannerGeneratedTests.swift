import FanOut
import Foundation
import Testing

/// The scanner over generated documents, their truncations and mutations, beside a second judge: JSONSerialization.
///
/// Known differences, all of them of the judge and left out where the two are compared: it takes a comma behind the last
/// member of an object, a byte order mark, UTF-16 and UTF-32; it refuses a lone surrogate written as an escape and a number that no Double can hold, both of
/// which are JSON by RFC 8259; it has a depth limit of its own.
@Suite struct JSONScannerGeneratedTests {
    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { (try? JSONScanner.check($0)) != nil }
    }

    private static func judged(_ bytes: [UInt8]) -> Bool {
        (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
    }

    /// Whether both judges mean the same by the text: UTF-8, no surrogate escapes, huge exponents or last commas.
    private static func isComparable(_ bytes: [UInt8]) -> Bool {
        guard !bytes.contains(0), !bytes.starts(with: [0xEF, 0xBB, 0xBF]), !bytes.isEmpty, (bytes.max() ?? 0) < 0xFE
        else {
            return false
        }
        let lower = text(bytes).lowercased()
        return !lower.contains("\\ud") && lower.firstRange(of: #/e[+-]?[0-9]{3}|,\s*[}\]]/#) == nil
    }

    @Test(arguments: UInt64(1)...100)
    func aGeneratedDocumentIsAcceptedByBothJudges(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let json = random.json()
        #expect(Self.isJSON(Array(json.utf8)), "\(json)")
        #expect(Self.judged(Array(json.utf8)), "\(json)")
    }

    @Test(arguments: UInt64(1)...60)
    func everyTruncationOfAnObjectIsRefused(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bytes = Array(random.jsonObject(depth: 2).utf8)
        for length in 0..<min(bytes.count, 2_000) {
            #expect(!Self.isJSON(Array(bytes[..<length])), "\(text(bytes[..<length]))")
        }
    }

    @Test(arguments: UInt64(1)...100)
    func aMutationNeverTrapsAndBothJudgesSayTheSame(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let original = Array(random.json().utf8)
        for _ in 0..<100 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...3, using: &random) { Self.mutate(&bytes, &random) }
            let ours = Self.isJSON(bytes)
            if Self.isComparable(bytes) { #expect(ours == Self.judged(bytes), "\(bytes) \(text(bytes))") }
        }
    }

    private static func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        let byte =
            random.chance(2, of: 3)
            ? random.pick(Array("{}[]\",:\\u0123-+.eEtfn \n".utf8)) : random.pick(Array(0...255))
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.insert(byte, at: place)
        case 1 where place < bytes.count: bytes[place] = byte
        case 2 where place < bytes.count: bytes.remove(at: place)
        default:
            let end = min(bytes.count, place + 5)
            bytes.insert(contentsOf: bytes[place..<end], at: place)
        }
    }

    @Test func randomBytesNeverTrap() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let isJSON = Self.isJSON(bytes)
            if Self.isComparable(bytes) { #expect(isJSON == Self.judged(bytes), "\(bytes)") }
        }
    }

    @Test(arguments: UInt64(1)...100)
    func theRangesOfADocumentCutItIntoItsParts(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let bytes = Array(random.json().utf8)
        let document = try bytes.withUnsafeBufferPointer { try JSONScanner.document($0) }
        switch document {
        case .object(let members):
            let joined = members.map { text(bytes[$0.key]) + ":" + text(bytes[$0.value]) }.joined(separator: ",")
            try expectSame(Array("{\(joined)}".utf8), bytes)
        case .array(let elements):
            let joined = elements.map { text(bytes[$0]) }.joined(separator: ",")
            try expectSame(Array("[\(joined)]".utf8), bytes)
        case .scalar:
            #expect(!"{[".utf8.contains(try #require(bytes.first)))
        }
    }

    private func expectSame(_ a: [UInt8], _ b: [UInt8]) throws {
        let first = try #require(try JSONSerialization.jsonObject(with: Data(a)) as? NSObject)
        let second = try #require(try JSONSerialization.jsonObject(with: Data(b)) as? NSObject)
        #expect(first == second, "\(text(a)) \(text(b))")
    }
}
