import FanOut
import Foundation
import JSON
import Policy
import TestSupport
import Testing

/// What a call accepts as its body, and what becomes of it.
@Suite struct OutcomeTests {
    private static func part(_ body: String, as kind: BodyKind = .json, needsObject: Bool = false) -> String? {
        Part(Array(body.utf8), as: kind, needsObject: needsObject).map { text($0.json) }
    }

    @Test(arguments: BodyKind.allCases, [false, true])
    func anEmptyBodyIsNull(kind: BodyKind, needsObject: Bool) {
        #expect(Self.part("", as: kind, needsObject: needsObject) == "null")
    }

    @Test(arguments: [" { \"a\" : 1e2 }\n", "[1, 2]", "\"\\u0041\"", "-0", "null"])
    func jsonPassesByteForByte(body: String) {
        #expect(Self.part(body) == body)
    }

    @Test(arguments: ["{", "a", "[1,]", " ", "{}{}", "\u{FEFF}{}", "<html>"])
    func whatIsNoJSONIsRefused(body: String) {
        #expect(Self.part(body) == nil)
    }

    @Test func textBecomesAJSONString() {
        #expect(Self.part("a \"b\"\n", as: .text) == #""a \"b\"\n""#)
        #expect(Part([0x61, 0xFF], as: .text, needsObject: false) == nil)
        #expect(Part([0xED, 0xA0, 0x80], as: .text, needsObject: false) == nil)
    }

    @Test func anyBytesBecomeBase64() {
        #expect(Part([0x00, 0xFF, 0x10], as: .base64, needsObject: false).map { text($0.json) } == "\"AP8Q\"")
    }

    @Test(arguments: UInt64(1)...30)
    func generatedTextIsReadBackFromItsPart(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let body = "x" + random.hostileText(length: 30)
        let json = try #require(Self.part(body, as: .text))
        let read = try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)
        #expect(read as? String == body)
    }

    @Test func theObjectMergeTakesObjectsAndNullAlone() throws {
        let part = try #require(Part(Array("{\"a\":1}".utf8), as: .json, needsObject: true))
        #expect(part.members?.count == 1)
        #expect(Self.part("null", needsObject: true) == "null")
        #expect(Self.part(" null\n", needsObject: true) == " null\n")
        #expect(Self.part("{}", needsObject: true) == "{}")
        for body in ["[]", "1", "\"null\"", "true", "{\"a\":}"] { #expect(Self.part(body, needsObject: true) == nil) }
        for kind in [BodyKind.text, .base64] { #expect(Self.part("{}", as: kind, needsObject: true) == nil) }
    }

    @Test func anOutcomeKnowsItsFailure() {
        #expect(Settled(.failure(.dns, status: nil), elapsed: .zero).failure == .dns)
        #expect(Settled(.success(status: 200, part: .null), elapsed: .zero).failure == nil)
    }
}
