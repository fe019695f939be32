import TestSupport
import Testing

@testable import FanOut
@testable import HTTP
@testable import Policy

/// A call and how it ended, as the tests of merges and answers write it.
struct Ended {
    var name: String
    var outcome: Result
    var isRequired = false
    var fallback: String?
    var ms = 1

    enum Result {
        case body(String)
        case fails(Failure, status: Int? = nil)
    }

    static func ok(_ name: String, _ body: String, isRequired: Bool = false) -> Ended {
        Ended(name: name, outcome: .body(body), isRequired: isRequired)
    }

    static func failed(
        _ name: String, _ failure: Failure, isRequired: Bool = false, fallback: String? = nil, ms: Int = 1
    ) -> Ended {
        Ended(name: name, outcome: .fails(failure), isRequired: isRequired, fallback: fallback, ms: ms)
    }
}

/// The answer of a route with these calls, settled in the order given: that of the configuration when it is nil.
func answer(
    _ merge: MergeMode, _ calls: [Ended], rule: ConflictRule = .last, settling order: [Int]? = nil
) throws -> Answer {
    let route = FanOutRoute(
        calls: try calls.map {
            Call(
                name: $0.name, upstream: 0, target: try TargetTemplate("/", Reference.Names(parameters: [])),
                isRequired: $0.isRequired,
                fallback: $0.fallback.map { Array($0.utf8) })
        }, merge: merge, onConflict: rule)
    var state = FanOutState(calls: calls.count)
    for index in order ?? Array(calls.indices) {
        let call = calls[index]
        let outcome: Outcome =
            switch call.outcome {
            case .body(let body):
                .success(
                    status: 200,
                    part: try #require(Part(Array(body.utf8), as: .json, needsObject: merge.traits.needsObjects)))
            case .fails(let failure, let status): .failure(failure, status: status)
            }
        // As the worker does: a fallback stands in for a failed call, so its failure decides nothing.
        _ = state.settle(
            index, Settled(outcome, elapsed: .milliseconds(call.ms)),
            isRequired: call.isRequired && call.fallback == nil)
    }
    return Answer(route, state, elapsed: .milliseconds(42), requestID: "r1")
}
