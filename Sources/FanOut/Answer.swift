/// The answer of a fan-out: status by what succeeded, headers that say what did not, the merged body.
package struct Answer: Sendable {
    package let response: Response
    /// The failed calls with their reason, in the order of the configuration.
    package let failed: [(name: String, failure: Failure)]

    /// Decides and writes the answer once all calls are settled.
    ///
    /// 200 when every required call has an answer and at least one call has; a fallback is an answer, but not a
    /// complete one. Otherwise 504 if what decided it was a timeout, else 502.
    package init(_ route: FanOutRoute, _ state: FanOutState, elapsed: Duration, requestID: String) {
        var merge = Merge(route: route, outcomes: state.outcomes, elapsed: elapsed)
        merge.resolveConflicts()
        let hasAnswer = zip(route.calls, merge.outcomes).map { $1.failure == nil || $0.fallback != nil }
        let isGood = hasAnswer.contains(true) && zip(route.calls, hasAnswer).allSatisfy { $1 || !$0.isRequired }
        failed = zip(route.calls, merge.outcomes).compactMap { call, settled in
            settled.failure.map { (call.name, $0) }
        }
        var response: Response
        if isGood {
            response = Response(status: 200)
            response.fields.append("Content-Type", "application/json")
            response.fields.append("X-Request-Id", requestID)
            response.body = merge.body()
        } else {
            let deciding = Self.deciding(route, state, merge)
            response = Self.problem(merge, deciding, requestID: requestID).response
        }
        Self.report(merge, failed, in: &response.fields)
        self.response = response
    }

    /// The failure that an error answer is about.
    ///
    /// A conflict is seen only when all calls are settled, so the state knows of none; it decides where a required
    /// call fails by it and none failed before.
    private static func deciding(_ route: FanOutRoute, _ state: FanOutState, _ merge: Merge) -> Failure? {
        let needed = route.calls.indices.filter { route.calls[$0].isRequired && route.calls[$0].fallback == nil }
        let settled = state.outcomes
        let isConflict =
            needed.allSatisfy { settled[$0].failure == nil }
            && needed.contains { merge.outcomes[$0].failure == .conflict }
        return isConflict ? .conflict : state.deciding
    }

    private static func problem(_ merge: Merge, _ deciding: Failure?, requestID: String) -> Problem {
        let isTimeout = deciding == .timeout
        var problem = Problem(
            isTimeout ? 504 : 502,
            isTimeout ? "A call that the answer needs took too long." : "A call that the answer needs failed.",
            requestID: requestID)
        for (call, settled) in zip(merge.route.calls, merge.outcomes) where settled.failure != nil {
            problem.failed.append(contentsOf: (problem.failed.isEmpty ? "{\"name\":" : ",{\"name\":").utf8)
            JSONText.append(string: call.name, to: &problem.failed)
            problem.failed.append(UInt8(ascii: ","))
            merge.writeResult(settled, to: &problem.failed)
            problem.failed.append(UInt8(ascii: "}"))
        }
        return problem
    }

    /// `X-Gateway-Completed`, `X-Gateway-Failed` and `Server-Timing` (https://www.w3.org/TR/server-timing/).
    private static func report(
        _ merge: Merge, _ failed: [(name: String, failure: Failure)], in fields: inout HeaderBlock
    ) {
        fields.append("X-Gateway-Completed", failed.isEmpty ? "true" : "false")
        if !failed.isEmpty {
            fields.append("X-Gateway-Failed", failed.map { "\($0.name);\($0.failure.name)" }.joined(separator: ", "))
        }
        var timing: [UInt8] = []
        timing.reserveCapacity(merge.outcomes.count * 32)
        for (call, settled) in zip(merge.route.calls, merge.outcomes) {
            if !timing.isEmpty { timing.append(contentsOf: ", ".utf8) }
            timing.append(contentsOf: call.name.utf8)
            timing.append(contentsOf: ";dur=".utf8)
            JSONText.append(milliseconds: settled.elapsed, to: &timing)
            if let failure = settled.failure {
                timing.append(contentsOf: ";desc=\"\(failure.name)\"".utf8)
            }
        }
        fields.append("Server-Timing", timing)
    }
}
