import Foundation
import JSON
import TestSupport
import Testing

/// The scanner over generated documents: what it cuts off, and the ranges that it notes.
@Suite struct JSONScannerGeneratedTests {
    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { (try? JSONScanner.check($0)) != nil }
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
