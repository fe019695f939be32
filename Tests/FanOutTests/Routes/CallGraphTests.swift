import Policy
import TestSupport
import Testing

@testable import Base
@testable import FanOut
@testable import HTTP
@testable import JSON

/// Calls that wait for others.
@Suite struct CallGraphTests {
    @Test(
        "a circle is found, from one of its calls back to it",
        arguments: [
            ([[]], nil), ([[0]], [0, 0]), ([[1], [2], [0]], [0, 1, 2, 0]), ([[], [0], [0, 1], [2]], nil),
            ([[], [3], [1], [2]], [1, 3, 2, 1]),
        ] as [([[Int]], [Int]?)])
    func cycles(inputs: [[Int]], cycle: [Int]?) {
        #expect(CallGraph(inputs).cycle == cycle)
    }

    @Test("a graph without a circle, in any order, has none, and each input comes before what waits for it")
    func generated() {
        for seed in UInt64(1)...200 {
            var random = SeededGenerator(seed: seed)
            let order = Array(0..<8).shuffled(using: &random)
            var inputs = Array(repeating: [Int](), count: 8)
            for (place, call) in order.enumerated() {
                inputs[call] = order[..<place].filter { _ in random.chance(1, of: 3) }
            }
            let graph = CallGraph(inputs)
            #expect(graph.cycle == nil)
            let times = graph.worstCase(
                timeouts: inputs.indices.map { .milliseconds($0 * 10) }, total: .milliseconds(150))
            for (call, inputs) in inputs.enumerated() {
                #expect(inputs.allSatisfy { times[$0].end <= times[call].start })
                #expect(times[call].start <= times[call].end && times[call].end <= .milliseconds(150))
            }
        }
    }

    @Test("each call begins when the last of its inputs is there, and never when one has failed")
    func releases() {
        let graph = CallGraph([[], [], [0, 1], [2], [0]])
        var state = FanOutState(calls: 5, graph: graph)
        let good = Settled(.success(status: 200, part: .null), elapsed: .zero)
        #expect(state.settle(1, good, isRequired: false) == .wait)
        #expect(state.released(by: 1, in: graph) == [])
        #expect(state.settle(0, good, isRequired: false) == .wait)
        #expect(state.released(by: 0, in: graph) == [2, 4])
        #expect(state.settle(4, good, isRequired: false) == .wait)
        #expect(state.settle(2, Settled(.failure(.reset, status: nil), elapsed: .zero), isRequired: false) == .wait)
        #expect(
            state.settle(3, Settled(.failure(.dependency, status: nil), elapsed: .zero), isRequired: false) == .finish)
    }

    @Test("a quorum is enough once the required calls are there too")
    func quorum() {
        let good = Settled(.success(status: 200, part: .null), elapsed: .zero)
        let bad = Settled(.failure(.reset, status: nil), elapsed: .zero)
        var state = FanOutState(calls: 4, required: 1, quorum: 2)
        #expect(state.settle(1, good, isRequired: false) == .wait)
        #expect(state.settle(2, bad, isRequired: false) == .wait)
        #expect(state.settle(3, good, isRequired: false) == .wait)
        #expect(state.settle(0, good, isRequired: true) == .finish)
        var other = FanOutState(calls: 3, quorum: 1)
        #expect(other.settle(2, good, isRequired: false) == .finish)
        #expect(other.outcomes[0].failure == .cancelled)
        // When a required call has failed there is no answer that could leave early.
        var failed = FanOutState(calls: 3, required: 1, quorum: 1)
        #expect(failed.settle(0, bad, isRequired: true) == .wait)
        #expect(failed.settle(1, good, isRequired: false) == .wait)
        #expect(failed.settle(2, good, isRequired: false) == .finish)
    }
}

/// What templates take from answers.
@Suite struct ReferenceTests {
    private static let names = Reference.Names(parameters: ["id"], calls: ["user", "user.b", "cart"])

    private static func values(_ body: String, isJSON: Bool = true, status: Int? = 200) throws -> TemplateValues {
        var fields = HeaderFields()
        fields.append("ETag", "\"v1\"")
        let answer = CallAnswer(status: status, fields: fields, body: Array(body.utf8), isJSON: isJSON)
        return TemplateValues(
            captures: ["7"], target: try #require(RequestTarget("/p/7?q=a%20b")), requestID: "r1",
            answers: [answer, nil, nil])
    }

    @Test(
        "values of answers are put in encoded, and there is no target without them",
        arguments: [
            ("/c/{user.body.cart_id}", "/c/c%2F1"), ("/c/{user.body/list/0}", "/c/5"),
            ("/c?ok={user.body.ok}", "/c?ok=true"),
            ("/c/{user.status}/{id}", "/c/200/7"), ("/c?e={user.header.ETag}", "/c?e=%22v1%22"),
            ("/c/{user.body.none}", nil), ("/c/{user.body.null}", nil), ("/c/{user.body.list}", nil),
            ("/c/{user.body}", nil),
            ("/c/{cart.status}", nil), ("/c?e={user.header.missing}", nil),
        ] as [(String, String?)])
    func targets(template: String, filled: String?) throws {
        let body = #" {"cart_id": "c/1", "list": [5, 6], "ok": true, "null": null, "dots": ".."} "#
        let target = try TargetTemplate(template, Self.names).fill(try Self.values(body))
        #expect(target.map { text($0) } == filled)
    }

    @Test("a value of an answer cannot climb") func dots() throws {
        let template = try TargetTemplate("/c/{user.body}", Self.names)
        #expect(throws: PlanError.self) { try template.fill(try Self.values("\"..\"")) }
    }

    @Test("the longest name of a call that fits is meant") func longest() throws {
        #expect(try TargetTemplate("/{user.b.status}", Self.names).references == [.call(1, .status)])
        #expect(try TargetTemplate("/{user.body.b}", Self.names).references == [.call(0, .body(try JSONPath("b")))])
    }

    @Test("text of an answer that is no JSON can stand whole") func plainText() throws {
        let template = try TextTemplate("x {user.body} {{}}", Self.names)
        #expect(template.fill(try Self.values("a b", isJSON: false)) == "x a b {}")
        #expect(try TextTemplate("{user.body.a}", Self.names).fill(try Self.values("a b", isJSON: false)) == nil)
    }

    @Test("a body's string that is one value becomes that value as it is; elsewhere it is text")
    func bodies() throws {
        func body(_ template: String) throws -> String? {
            JSONTemplate(pieces: [
                .literal(Array("[".utf8)), .string(try TextTemplate(template, Self.names)), .literal(Array("]".utf8)),
            ]).fill(try Self.values(#"{"n": 1.50, "o": {"a" : 1}, "s": "q\"", "e": "é"}"#)).map { text($0) }
        }
        #expect(try body("{user.body.n}") == "[1.50]")
        #expect(try body("{user.body.o}") == #"[{"a" : 1}]"#)
        #expect(try body("{user.body.s}") == #"["q\""]"#)
        #expect(try body("n={user.body.n}, {user.body.s}{id}") == #"["n=1.50, q\"7"]"#)
        #expect(try body("{query.q}") == #"["a b"]"#)
        #expect(try body("{user.status}") == "[200]")
        #expect(try body("{user.body.none}") == nil)
        #expect(try body("x{user.body.o}") == nil)
    }
}
