import FanOut
import HTTP
import Policy
import TestSupport
import Testing

/// Merges beside a model of them, in every order of arrival.
@Suite struct MergeModelTests {
    private static let orders: [[Int]] = permutations([0, 1, 2, 3])

    private static func permutations(_ items: [Int]) -> [[Int]] {
        guard items.count > 1 else { return [items] }
        return items.flatMap { first in permutations(items.filter { $0 != first }).map { [first] + $0 } }
    }

    @Test(
        "An object merge is what the model makes of it, byte for byte", arguments: UInt64(1)...150,
        ConflictRule.allCases)
    func objectsAsTheModel(seed: UInt64, rule: ConflictRule) throws {
        var random = SeededGenerator(seed: seed)
        let objects = (0..<Int.random(in: 1...5, using: &random)).map { _ in random.objectModel() }
        let calls = objects.enumerated().map { Ended.ok("c\($0)", $1.json) }
        let body = text(try answer(.object, calls, rule: rule).response.body)
        #expect(body == ObjectModel.merge(objects, rule).json, "\(objects.map(\.json))")
    }

    @Test(
        "All 24 orders of arrival of four calls give the same bytes", arguments: MergeMode.allCases,
        ConflictRule.allCases)
    func everyOrder(merge: MergeMode, rule: ConflictRule) throws {
        #expect(Set(Self.orders).count == 24)
        for seed in UInt64(1)...5 {
            var random = SeededGenerator(seed: seed)
            var calls = (0..<4).map { Ended.ok("c\($0)", merge == .object ? random.objectModel().json : random.json()) }
            if random.chance(1, of: 2) { calls[2] = .failed("c2", .reset, fallback: random.objectModel().json) }
            let expected = try answer(merge, calls, rule: rule).response
            for order in Self.orders {
                let response = try answer(merge, calls, rule: rule, settling: order).response
                #expect(response.body == expected.body && response.fields == expected.fields, "\(order)")
            }
        }
    }

    @Test("Many keys are joined as few are", arguments: [ConflictRule.last, .first, .deep, .append])
    func manyKeys(rule: ConflictRule) throws {
        var random = SeededGenerator(seed: 11)
        let objects = (0..<3).map { _ in
            ObjectModel(
                members: (0..<1_000).map { _ in
                    let name = "key \(Int.random(in: 0..<1_500, using: &random))"
                    return ObjectModel.Member(written: name, name: name, value: .array(["\(random.next() % 100)"]))
                })
        }
        let calls = objects.enumerated().map { Ended.ok("c\($0)", $1.json) }
        let body = text(try answer(.object, calls, rule: rule).response.body)
        #expect(body == ObjectModel.merge(objects, rule).json)
    }

    @Test("What an upstream sends that is no JSON is invalid_json, and nothing of it is in the answer")
    func refusedIsInvalidJSON() throws {
        for body in ["{", "{\"a\":1,}", "\u{FEFF}{}", "{}\0", "{\"a\":01}", "{\"a\":\"\u{1}\"}", "nul"] {
            #expect(Part(Array(body.utf8), as: .json, needsObject: false) == nil)
            #expect(Part(Array(body.utf8), as: .json, needsObject: true) == nil)
            let answer = try answer(.group, [.ok("a", "1"), .failed("b", .invalidJSON)])
            #expect(text(answer.response.body) == "{\"a\":1}")
            #expect(answer.response["X-Gateway-Failed"] == "b;invalid_json")
        }
    }
}
