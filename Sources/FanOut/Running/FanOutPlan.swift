import Base
package import HTTP

/// The calls of one request: the route's templates, and what they are filled in with.
package struct FanOutPlan {
    /// One upstream request, ready to be made.
    package struct PlannedCall: Sendable, Equatable {
        /// Path and query, percent-encoded.
        package var target: [UInt8]
        /// Nil: a GET with the fields that all calls carry.
        package var message: OutgoingMessage?
    }

    private let route: FanOutRoute
    private let values: TemplateValues
    /// Only where a call looks at it.
    private let request: Request?

    /// Throws where a value of the request would change a call's path: no call begins then.
    package init(
        _ route: FanOutRoute, captures: [String], target: RequestTarget, requestID: String,
        request: Request? = nil
    ) throws(PlanError) {
        values = TemplateValues(captures: captures, target: target, requestID: requestID)
        self.route = route
        self.request = request
        for index in route.calls.indices { try route.calls[index].target.check(values) }
        if !route.graph.isFlat { values.answers = Array(repeating: nil, count: route.calls.count) }
    }

    /// Notes what a call that others look at got.
    package func note(_ answer: CallAnswer, of index: Int) {
        values.answers[index] = answer
    }

    /// A call with its templates filled in; nil where its inputs do not have what these want, or are not there yet.
    package func call(_ index: Int) -> PlannedCall? {
        // Most targets without values are shared and not copied.
        if let literal = route.calls[index].target.literal, route.calls[index].request == nil {
            return PlannedCall(target: literal, message: nil)
        }
        // Values of the request were checked before any call began: what is thrown here is an answer's.
        return try? Self.fill(route.calls[index].target, route.calls[index].request, values, request)
    }

    private static func fill(
        _ template: TargetTemplate, _ shape: CallRequest?, _ values: TemplateValues, _ request: Request?
    ) throws(PlanError) -> PlannedCall? {
        guard let target = try template.fill(values) else { return nil }
        guard let shape, let request else { return PlannedCall(target: target, message: nil) }
        guard let message = shape.message(values, for: request) else { return nil }
        return PlannedCall(target: shape.target(target, for: values), message: message)
    }
}

/// A request's value cannot stand where a template wants it; the answer is 400.
package struct PlanError: Error, Equatable {
    package var message: String

    fileprivate static let dots = PlanError(
        message: "a value for the path of a call is empty or made of dots alone")
}

extension TargetTemplate {
    /// The template with its values put in; nil where an answer does not have one.
    ///
    /// A query parameter that the request does not have is empty.
    package func fill(_ values: TemplateValues) throws(PlanError) -> [UInt8]? {
        if let literal { return literal }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(64)
        for piece in pieces {
            switch piece {
            case .literal(let literal): bytes.append(copying: literal)
            case .value(.rest(let index), _):
                PercentEncoding.append(values.captures[index], keeping: UInt8(ascii: "/"), to: &bytes)
            case .value(let reference, let inPath):
                guard let value = values.text(reference) else { return nil }
                if inPath, Self.isOfDots(value) { throw .dots }
                PercentEncoding.append(value, to: &bytes)
            }
        }
        return bytes
    }

    /// Refuses what `fill` would, as far as it comes from the request.
    func check(_ values: TemplateValues) throws(PlanError) {
        guard literal == nil else { return }
        for case .value(let reference, inPath: true) in pieces where reference.call == nil {
            if case .rest = reference { continue }
            if Self.isOfDots(values.text(reference) ?? "") { throw .dots }
        }
    }

    /// Dots alone would be resolved as a dot-segment on the way (RFC 3986 section 5.2.4), encoded or not.
    private static func isOfDots(_ value: String) -> Bool {
        value.utf8.allSatisfy { $0 == UInt8(ascii: ".") }
    }
}
