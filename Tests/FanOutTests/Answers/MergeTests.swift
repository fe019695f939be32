import Foundation
import HTTP
import JSON
import Policy
import TestSupport
import Testing

@testable import FanOut

/// The merged body, byte for byte.
@Suite struct MergeTests {
    private static func body(
        _ merge: MergeMode, _ calls: [Ended], rule: ConflictRule = .last, settling order: [Int]? = nil
    ) throws -> String {
        text(try answer(merge, calls, rule: rule, settling: order).response.body)
    }

    @Test func groupKeepsEachBodyUnderTheNameOfItsCall() throws {
        let merged = try Self.body(.group, [.ok("user", " { \"id\" : 7 }\n"), .ok("n", "1e2"), .ok("none", "")])
        #expect(merged == "{\"user\": { \"id\" : 7 }\n,\"n\":1e2,\"none\":null}")
    }

    @Test func groupLeavesAFailedCallOut() throws {
        #expect(try Self.body(.group, [.failed("a", .timeout), .ok("b", "1"), .failed("c", .dns)]) == #"{"b":1}"#)
    }

    @Test func groupPutsAFallbackInThePlaceOfItsCall() throws {
        #expect(
            try Self.body(.group, [.failed("a", .reset, fallback: "{\"items\":[]}"), .ok("b", "1")])
                == #"{"a":{"items":[]},"b":1}"#)
    }

    @Test func arrayKeepsEveryPlace() throws {
        let merged = try Self.body(
            .array, [.ok("a", "[1, 2]"), .failed("b", .timeout), .failed("c", .dns, fallback: "0"), .ok("d", "")])
        #expect(merged == "[[1, 2],null,0,null]")
    }

    @Test func objectJoinsTheMembersOfBodiesAndFallbacks() throws {
        let merged = try Self.body(
            .object,
            [
                .ok("a", #"{"x": 1}"#), .failed("b", .timeout, fallback: #"{"y":2,"x":0}"#), .ok("c", ""),
                .failed("d", .dns),
            ])
        #expect(merged == #"{"x":0,"y":2}"#)
    }

    @Test func envelopeSaysHowEachCallEnded() throws {
        var failed = Ended.failed("b", .status, ms: 20)
        failed.outcome = .fails(.status, status: 503)
        let merged = try Self.body(
            .envelope, [.ok("a", "[ 1 ]"), failed, .failed("c", .timeout, fallback: "{}", ms: 500), .ok("d", "")])
        #expect(
            merged
                == #"{"complete":false,"elapsed_ms":42.0,"results":{"a":{"status":200,"ms":1.0,"body":[ 1 ]},"#
                + #""b":{"error":"status","status":503,"ms":20.0},"c":{"error":"timeout","ms":500.0,"body":{}},"#
                + #""d":{"status":200,"ms":1.0,"body":null}}}"#)
    }

    @Test func aWholeEnvelopeIsComplete() throws {
        #expect(
            try Self.body(.envelope, [.ok("a", "1")])
                == #"{"complete":true,"elapsed_ms":42.0,"results":{"a":{"status":200,"ms":1.0,"body":1}}}"#)
    }

    @Test func aNameIsEscaped() throws {
        #expect(try Self.body(.group, [.ok("a\"b", "1")]) == #"{"a\"b":1}"#)
    }

    @Test(arguments: [
        (ConflictRule.last, #"{"k":[2],"o":{"y":2}}"#), (.first, #"{"k":[1],"o":{"x":1}}"#),
        (.deep, #"{"k":[2],"o":{"x":1,"y":2}}"#),
        (.append, #"{"k":[1,2],"o":{"y":2}}"#), (.error, #"{"k":[1],"o":{"x":1}}"#),
    ])
    func theRouteSaysWhoWinsAKey(rule: ConflictRule, merged: String) throws {
        let calls: [Ended] = [.ok("a", #"{"k":[1],"o":{"x":1}}"#), .ok("b", #"{"k":[2],"o":{"y":2}}"#)]
        for order in [[0, 1], [1, 0]] {
            #expect(try Self.body(.object, calls, rule: rule, settling: order) == merged)
        }
    }

    @Test(arguments: UInt64(1)...40, MergeMode.allCases)
    func noOrderOfArrivalChangesTheBody(seed: UInt64, merge: MergeMode) throws {
        var random = SeededGenerator(seed: seed)
        let calls = Self.generated(&random, merge)
        let rule = random.pick(ConflictRule.allCases)
        let expected = try answer(merge, calls, rule: rule)
        for _ in 0..<10 {
            let other = try answer(merge, calls, rule: rule, settling: calls.indices.shuffled(using: &random))
            if expected.response.status == 200 { #expect(other.response.body == expected.response.body) }
            #expect((other.response.status == 200) == (expected.response.status == 200))
            #expect(other.failed.map(\.name) == expected.failed.map(\.name))
            #expect(other.response["X-Gateway-Failed"] == expected.response["X-Gateway-Failed"])
            #expect(other.response["Server-Timing"] == expected.response["Server-Timing"])
        }
    }

    @Test(arguments: UInt64(1)...40, MergeMode.allCases)
    func whatIsMergedIsAlwaysJSON(seed: UInt64, merge: MergeMode) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5 {
            let answer = try answer(merge, Self.generated(&random, merge), rule: random.pick(ConflictRule.allCases))
            let body = answer.response.body
            #expect(body.withUnsafeBufferPointer { (try? JSONScanner.check($0)) != nil }, "\(text(body))")
            _ = try JSONSerialization.jsonObject(with: Data(body))
        }
    }

    @Test(arguments: UInt64(1)...40)
    func groupAndArrayHoldEveryBodyAsItCame(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let bodies = (0..<5).map { _ in random.json() }
        let calls = bodies.enumerated().map { Ended.ok("c\($0)", $1) }
        #expect(try Self.body(.array, calls) == "[" + bodies.joined(separator: ",") + "]")
        let members = bodies.enumerated().map { "\"c\($0)\":\($1)" }
        #expect(try Self.body(.group, calls) == "{" + members.joined(separator: ",") + "}")
    }

    private static func generated(_ random: inout SeededGenerator, _ merge: MergeMode) -> [Ended] {
        (0..<Int.random(in: 1...6, using: &random)).map { index in
            let body = merge == .object ? random.jsonObject() : random.json()
            var call = Ended(name: "c\(index)", outcome: .body(random.chance(1, of: 8) ? "" : body))
            if random.chance(1, of: 3) { call.outcome = .fails(random.pick(Failure.allCases)) }
            if random.chance(1, of: 3) { call.fallback = merge == .object ? random.jsonObject() : random.json() }
            call.isRequired = random.chance(1, of: 5)
            return call
        }
    }
}

/// What others ask of a kind of merge in place of its name.
@Suite struct MergeModeTests {
    @Test("keys of two calls meet only where bodies are objects", arguments: MergeMode.allCases)
    func conflicts(mode: MergeMode) {
        #expect(!mode.traits.takesConflictRule || mode.traits.needsObjects)
        #expect(mode.traits.takesConflictRule == (mode == .object))
        #expect(mode.traits.isStreamed == (mode == .stream))
    }

    @Test("without calls each kind writes an empty body that is JSON", arguments: MergeMode.allCases)
    func empty(mode: MergeMode) throws {
        var bytes: [UInt8] = []
        mode.traits.write(Merge(calls: [], outcomes: [], rule: .last, elapsed: .zero), &bytes)
        #expect(Part(bytes, as: .json, needsObject: false) != nil)
    }
}
