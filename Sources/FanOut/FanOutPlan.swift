/// The calls of one request: the route's templates filled in.
package struct FanOutPlan: Sendable {
    /// One upstream request, ready to be made.
    package struct PlannedCall: Sendable, Equatable {
        /// Index into the configuration's upstreams.
        package var upstream: Int
        /// Path and query, percent-encoded.
        package var target: [UInt8]
        /// From the start of the fan-out; never longer than the route's.
        package var timeout: Duration
    }

    /// In the order of the configuration.
    package var calls: [PlannedCall]

    /// Fills the templates of a route in; throws where a value would change a call's path.
    package init(
        _ route: FanOutRoute, timeout: Duration, captures: [String], target: RequestTarget, requestID: String
    ) throws(PlanError) {
        calls = []
        calls.reserveCapacity(route.calls.count)
        // By index: a copy of each call, with all that it has, would cost more than the rest of this.
        for index in route.calls.indices {
            let bytes = try route.calls[index].target.fill(captures: captures, target: target, requestID: requestID)
            let timeout = route.calls[index].timeout.map { min($0, timeout) } ?? timeout
            calls.append(PlannedCall(upstream: route.calls[index].upstream, target: bytes, timeout: timeout))
        }
    }
}

/// A request's value cannot stand where a template wants it; the answer is 400.
package struct PlanError: Error, Equatable {
    package var message: String
}

extension TargetTemplate {
    /// The template with its values put in.
    ///
    /// A query parameter that the request does not have is empty.
    package func fill(captures: [String], target: RequestTarget, requestID: String) throws(PlanError) -> [UInt8] {
        // Most targets without values are one piece, which is shared and not copied.
        if pieces.count == 1, case .literal(let literal) = pieces[0] { return literal }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(64)
        for piece in pieces {
            switch piece {
            case .literal(let literal): bytes.append(contentsOf: literal)
            case .value(.rest(let index), _):
                PercentEncoding.append(captures[index], keeping: UInt8(ascii: "/"), to: &bytes)
            case .value(let reference, let inPath):
                let value =
                    switch reference {
                    case .parameter(let index), .rest(let index): captures[index]
                    case .query(let name): target.queryValue(name) ?? ""
                    case .requestID: requestID
                    }
                // Dots alone would be resolved as a dot-segment on the way (RFC 3986 section 5.2.4), encoded or not.
                if inPath, value.utf8.allSatisfy({ $0 == UInt8(ascii: ".") }) {
                    throw PlanError(message: "a value for the path of a call is empty or made of dots alone")
                }
                PercentEncoding.append(value, to: &bytes)
            }
        }
        return bytes
    }
}
