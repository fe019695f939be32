import Foundation
import TestSupport
import Testing

@testable import FanOut
@testable import JSON

/// The members of several objects in one, by each rule for keys that two of them carry.
@Suite struct ObjectMergeTests {
    private static func merge(_ rule: ConflictRule, _ objects: [String]) throws -> String {
        var merge = ObjectMerge(rule: rule)
        for object in objects {
            let part = try #require(Part(Array(object.utf8), as: .json, needsObject: true))
            merge.add(part.json[...], part.members ?? [])
        }
        var bytes: [UInt8] = []
        merge.write(to: &bytes)
        return text(bytes)
    }

    @Test(arguments: ConflictRule.allCases)
    func keysThatDifferAreJoinedInOrderByteForByte(rule: ConflictRule) throws {
        let merged = try Self.merge(rule, ["{ \"b\" : [1, 2] }", "{}", "{\"a\":{ \"x\":1e2 }, \"c\":\"\\u0041\"}"])
        #expect(merged == "{\"b\":[1, 2],\"a\":{ \"x\":1e2 },\"c\":\"\\u0041\"}")
    }

    @Test(arguments: ConflictRule.allCases)
    func nothingIsAnEmptyObject(rule: ConflictRule) throws {
        #expect(try Self.merge(rule, []) == "{}")
        #expect(try Self.merge(rule, ["{}", " { } "]) == "{}")
    }

    @Test(arguments: [
        (ConflictRule.last, #"{"a":2,"b":1,"c":3}"#), (.first, #"{"a":1,"b":1,"c":3}"#),
        (.deep, #"{"a":2,"b":1,"c":3}"#),
        (.append, #"{"a":2,"b":1,"c":3}"#),
    ])
    func aScalarIsTakenFromTheLaterOrTheEarlier(rule: ConflictRule, merged: String) throws {
        #expect(try Self.merge(rule, [#"{"a":1,"b":1}"#, #"{"c":3,"a":2}"#]) == merged)
    }

    @Test func deepJoinsObjectsAtEveryDepthAndNothingElse() throws {
        let merged = try Self.merge(
            .deep,
            [
                #"{"o":{"x":1,"in":{"p":[1],"q":1}},"l":[1],"s":{"k":1}}"#,
                #"{"l":[2],"o":{"y":2,"in":{"p":[2]}},"s":5}"#,
                #"{"o":{"x":3,"in":{"r":{}}},"s":{"m":2}}"#,
            ])
        #expect(merged == #"{"o":{"x":3,"in":{"p":[2],"q":1,"r":{}},"y":2},"l":[2],"s":{"m":2}}"#)
    }

    @Test func appendJoinsArraysEndToEndAndNothingElse() throws {
        let merged = try Self.merge(
            .append,
            [
                #"{"l":[ 1 , {"a":[1]} ],"o":{"l":[1]},"s":[1],"e":[]}"#, #"{"l":[],"o":{"l":[2]},"s":"x","e":[]}"#,
                #"{"l":[3],"s":[9],"e":[[]]}"#,
            ])
        #expect(merged == #"{"l":[1,{"a":[1]},3],"o":{"l":[2]},"s":[9],"e":[[]]}"#)
    }

    @Test func keysAreComparedDecoded() throws {
        #expect(try Self.merge(.last, [#"{"a":1}"#, #"{"\u0061":2}"#]) == #"{"a":2}"#)
        #expect(try Self.merge(.first, [#"{"\u00e9\/":1}"#, #"{"é/":2}"#]) == #"{"\u00e9\/":1}"#)
        #expect(try Self.merge(.deep, [#"{"😀":{"x":1}}"#, #"{"\ud83d\ude00":{"y":2}}"#]) == #"{"😀":{"x":1,"y":2}}"#)
        #expect(try Self.merge(.last, [#"{"a":1}"#, #"{"A":2,"":3}"#]) == #"{"a":1,"A":2,"":3}"#)
    }

    @Test func lettersThatOnlyLookTheSameAreDifferentKeys() throws {
        let merged = try Self.merge(.last, ["{\"\u{E9}\":1}", "{\"e\u{301}\":2}"])
        #expect(merged.utf8.elementsEqual("{\"\u{E9}\":1,\"e\u{301}\":2}".utf8))
    }

    @Test(arguments: [
        (ConflictRule.last, #"{"a":{"z":3}}"#), (.first, #"{"a":{"x":1}}"#), (.deep, #"{"a":{"x":1,"z":3}}"#),
        (.append, #"{"a":{"z":3}}"#),
    ])
    func ofAKeyThatOneObjectCarriesTwiceTheLastCounts(rule: ConflictRule, merged: String) throws {
        #expect(try Self.merge(rule, [#"{"a":{"x":1}}"#, #"{"a":{"y":2},"a":{"z":3}}"#]) == merged)
        #expect(try Self.merge(rule, [#"{"a":1,"a":2}"#]) == #"{"a":2}"#)
    }

    @Test func aKeyOfOneObjectTwiceIsNoConflict() throws {
        let part = try #require(Part(Array(#"{"a":1,"a":2}"#.utf8), as: .json, needsObject: true))
        let members = try #require(part.members)
        var merge = ObjectMerge(rule: .error)
        #expect(!merge.conflicts(part.json[...], members))
        merge.add(part.json[...], members)
        #expect(merge.conflicts(part.json[...], members))
    }

    @Test func objectsAtTheDepthLimitAreJoinedToTheirGround() throws {
        let depth = JSONScanner.depthLimit - 1
        func nested(_ leaf: String) -> String {
            String(repeating: "{\"a\":", count: depth) + leaf + String(repeating: "}", count: depth)
        }
        #expect(try Self.merge(.deep, [nested("{\"x\":1}"), nested("{\"y\":2}")]) == nested("{\"x\":1,\"y\":2}"))
    }

    @Test(arguments: UInt64(1)...60, [ConflictRule.last, .first, .deep, .append])
    func generatedObjectsMergeAsANaiveMergeOfTheirTreesDoes(seed: UInt64, rule: ConflictRule) throws {
        var random = SeededGenerator(seed: seed)
        let objects = (0..<Int.random(in: 1...5, using: &random)).map { _ in random.jsonObject() }
        var expected: [String: Any] = [:]
        for object in objects {
            expected = Self.joined(expected, try Self.read(object), rule)
        }
        let merged = try Self.merge(rule, objects)
        #expect(try Self.read(merged) as NSDictionary == expected as NSDictionary, "\(merged)")
    }

    private static func read(_ json: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    }

    private static func joined(_ a: [String: Any], _ b: [String: Any], _ rule: ConflictRule) -> [String: Any] {
        a.merging(b) { first, last in
            switch rule {
            case .first: return first
            case .deep:
                guard let first = first as? [String: Any], let last = last as? [String: Any] else { return last }
                return joined(first, last, rule)
            case .append:
                guard let first = first as? [Any], let last = last as? [Any] else { return last }
                return first + last
            case .last, .error: return last
            }
        }
    }
}
