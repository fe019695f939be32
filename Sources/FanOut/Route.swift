/// A route: which requests it takes, and what happens to them.
package struct Route: Sendable {
    package var path: PathTemplate
    /// In the order written; GET also serves HEAD (RFC 9110 section 9.3.2).
    package var methods: [String]
    /// Of the whole route, from the request's last byte to the answer.
    package var timeout: Duration
    package var action: Action
    /// Answered with 503 for a while when its requests are in flight at crash after crash.
    package var isQuarantined: Bool

    package init(
        path: PathTemplate, methods: [String], timeout: Duration, action: Action, isQuarantined: Bool = false
    ) {
        self.isQuarantined = isQuarantined
        self.path = path
        self.methods = methods
        self.timeout = timeout
        self.action = action
    }

    package enum Action: Sendable {
        case fanOut(FanOutRoute)
        /// One upstream, streamed both ways.
        case proxy(upstream: Int)
        /// The caller names the URLs.
        case batch(BatchRoute)
    }
}

/// What a fan-out route calls, and how the answers are joined.
package struct FanOutRoute: Sendable {
    package var calls: [Call]
    package var merge: MergeMode
    package var onConflict: ConflictRule

    package init(calls: [Call], merge: MergeMode, onConflict: ConflictRule = .last) {
        self.calls = calls
        self.merge = merge
        self.onConflict = onConflict
    }
}

/// One upstream request that a route plans.
package struct Call: Sendable {
    package let name: String
    /// The name as a key of JSON with its colon, as it enters answers.
    let key: [UInt8]
    /// Index into the configuration's upstreams.
    package var upstream: Int
    package var target: TargetTemplate
    /// Nil: what is left of the route's time.
    package var timeout: Duration?
    /// The answer is an error when this call fails.
    package var isRequired: Bool
    /// JSON text that stands in for a failed call.
    package var fallback: [UInt8]?
    package var accepts: BodyKind
    /// The statuses that count as success.
    package var expectedStatus: StatusSet
    /// Bytes of this call's body; nil: as much as the configuration lets any call have.
    package var maxBody: Int?

    package init(
        name: String, upstream: Int, target: TargetTemplate, timeout: Duration? = nil, isRequired: Bool = false,
        fallback: [UInt8]? = nil, accepts: BodyKind = .json, expectedStatus: StatusSet = .successful,
        maxBody: Int? = nil
    ) {
        self.name = name
        var key: [UInt8] = []
        JSONText.append(string: name, to: &key)
        key.append(UInt8(ascii: ":"))
        self.key = key
        self.upstream = upstream
        self.target = target
        self.timeout = timeout
        self.isRequired = isRequired
        self.fallback = fallback
        self.accepts = accepts
        self.expectedStatus = expectedStatus
        self.maxBody = maxBody
    }
}

/// What a call's body must be, and how it enters the answer (`as:`).
package enum BodyKind: String, Sendable, CaseIterable {
    /// JSON text, passed on byte for byte.
    case json
    /// UTF-8 text, as a JSON string.
    case text
    /// Any bytes, as a JSON string in Base64 (RFC 4648 section 4).
    case base64
}

/// How the parts become one answer.
package enum MergeMode: String, Sendable, CaseIterable {
    case group, object, array, envelope
}

/// Who wins a key that two calls carry, in an `object` merge.
package enum ConflictRule: String, Sendable, CaseIterable {
    /// The later call in the configuration.
    case last
    /// The earlier one.
    case first
    /// The later call fails as `conflict`.
    case error
    /// Objects are joined key by key at every depth; anything else as `last`.
    case deep
    /// Arrays are joined end to end; anything else as `last`.
    case append
}
