import Base
package import HTTP
import JSON
package import Policy

/// The answer of a fan-out: status by what succeeded, headers that say what did not, the merged body.
package struct Answer: Sendable {
    package let response: Response
    /// The failed calls with their reason, in the order of the configuration.
    package let failed: [(name: String, failure: Failure)]

    /// Decides and writes the answer once all calls are settled.
    ///
    /// 200 when every required call has an answer, at least one call has and as many succeeded as the quorum wants; a
    /// fallback is an answer, but not a complete one. Otherwise 504 if what decided it was a timeout, else 502.
    ///
    /// - Parameters:
    ///   - additions: Fields beside the answer's own.
    ///   - memory: Empty, what the body is written into as far as it has room.
    package init(
        _ route: FanOutRoute, _ state: FanOutState, elapsed: Duration, requestID: String,
        additions: Additions = Additions(), in memory: consuming [UInt8] = []
    ) {
        var merge = Merge(calls: route.calls, outcomes: state.outcomes, rule: route.onConflict, elapsed: elapsed)
        if route.mergeTraits.takesConflictRule { merge.resolveConflicts() }
        var failed: [(name: String, failure: Failure)] = []
        var hasAnswer = false
        var isGood = true
        var succeeded = 0
        for index in merge.outcomes.indices {
            let failure = merge.outcomes[index].failure
            if let failure { failed.append((route.calls[index].name, failure)) }
            if failure == nil { succeeded += 1 }
            if failure == nil || route.calls[index].fallback != nil {
                hasAnswer = true
            } else if route.calls[index].isRequired {
                isGood = false
            }
        }
        var response: Response
        if isGood && hasAnswer && succeeded >= route.quorum {
            response = Response(status: 200)
            response.fields.append("Content-Type", "application/json")
            response.fields.append("X-Request-Id", requestID)
            if let passedBack = additions.passedBack { response.fields.append(passedBack) }
            response.body = merge.body(route.mergeTraits.write, in: memory)
        } else {
            let deciding = Self.deciding(route, state, merge)
            response = Self.problem(merge, deciding, requestID: requestID).response
        }
        Self.report(merge, failed, in: &response.fields)
        if let trail = additions.trail { response.fields.append("X-Gateway-Trace", trail.header) }
        self.response = response
        self.failed = failed
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
        let isTimeout = deciding?.traits.status == 504
        var problem = Problem(
            isTimeout ? 504 : 502,
            isTimeout ? "A call that the answer needs took too long." : "A call that the answer needs failed.",
            requestID: requestID)
        for (call, settled) in zip(merge.calls, merge.outcomes) where settled.failure != nil {
            problem.failed.append(problem.failed.isEmpty ? "{\"name\":" : ",{\"name\":")
            JSONText.append(string: call.name, to: &problem.failed)
            problem.failed.append(UInt8(ascii: ","))
            settled.write(to: &problem.failed)
            problem.failed.append(UInt8(ascii: "}"))
        }
        return problem
    }

    /// `X-Gateway-Completed`, `X-Gateway-Failed` and `Server-Timing` (https://www.w3.org/TR/server-timing/).
    private static func report(
        _ merge: Merge, _ failed: [(name: String, failure: Failure)], in fields: inout HeaderBlock
    ) {
        fields.append("X-Gateway-Completed") { $0.append(failed.isEmpty ? "true" : "false") }
        if !failed.isEmpty {
            fields.append("X-Gateway-Failed") { bytes in
                for (index, call) in failed.enumerated() {
                    if index > 0 { bytes.append(", ") }
                    bytes.append(contentsOf: call.name.utf8)
                    bytes.append(UInt8(ascii: ";"))
                    bytes.append(contentsOf: call.failure.name.utf8)
                }
            }
        }
        fields.append("Server-Timing") { bytes in
            for index in merge.outcomes.indices {
                if index > 0 { bytes.append(", ") }
                bytes.append(copying: merge.calls[index].timing)
                JSONText.append(milliseconds: merge.outcomes[index].elapsed, to: &bytes)
                guard let failure = merge.outcomes[index].failure else { continue }
                bytes.append(";desc=\"")
                bytes.append(contentsOf: failure.name.utf8)
                bytes.append(UInt8(ascii: "\""))
            }
        }
    }
}

extension Answer {
    /// Fields that an answer carries where its route says so.
    package struct Additions: Sendable {
        /// Of the calls' answers; not on an error.
        let passedBack: HeaderBlock?
        /// How each call went.
        let trail: RequestTrail?

        package init(passedBack: HeaderBlock? = nil, trail: RequestTrail? = nil) {
            self.passedBack = passedBack
            self.trail = trail
        }
    }
}
