package import Access
package import HTTP

/// A route: which requests it takes, and what happens to them.
///
/// A class, as is what it does: each request has it in hand, and does not copy it.
package final class Route: Sendable {
    package let path: PathTemplate
    /// In the order written; GET also serves HEAD (RFC 9110 section 9.3.2).
    package let methods: [String]
    /// Of the whole route, from the request's last byte to the answer.
    package let timeout: Duration
    package let action: Action
    /// Answered with 503 for a while when its requests are in flight at crash after crash.
    package let isQuarantined: Bool
    /// Its answers tell how each call went.
    package let isTraced: Bool
    /// Nil: as many requests as come.
    package let rateLimit: RateLimit?
    /// Nil: everybody may use it.
    package let access: RouteAccess?

    package init(
        path: PathTemplate, methods: [String], timeout: Duration, action: Action, entrance: Entrance = Entrance(),
        isTraced: Bool = false
    ) {
        self.path = path
        self.methods = methods
        self.timeout = timeout
        self.action = action
        isQuarantined = entrance.isQuarantined
        rateLimit = entrance.rateLimit
        access = entrance.access
        self.isTraced = isTraced
    }

    /// What stands between a request and the route's action.
    package struct Entrance: Sendable {
        package var isQuarantined = false
        package var rateLimit: RateLimit?
        package var access: RouteAccess?

        package init() {}
    }

    package enum Action: Sendable {
        case fanOut(FanOutRoute)
        /// One upstream, streamed both ways.
        case proxy(ProxyRoute)
        /// The caller names the URLs.
        case batch(BatchRoute)
        /// The same answer to everybody, without any upstream.
        case respond(Response)
    }
}

/// What a fan-out route calls, and how the answers are joined.
package final class FanOutRoute: Sendable {
    package let calls: [Call]
    package let merge: MergeMode
    /// Of `merge`, kept here because each request asks.
    package let mergeTraits: MergeMode.Traits
    package let onConflict: ConflictRule
    /// Successes that are enough; 0: the answer waits for all calls.
    package let quorum: Int
    /// Which calls wait for which.
    package let graph: CallGraph
    /// Whether a call looks at more of a request than its target.
    package let usesRequest: Bool

    package init(calls: [Call], merge: MergeMode, onConflict: ConflictRule = .last, quorum: Int = 0) {
        self.calls = calls
        self.merge = merge
        mergeTraits = merge.traits
        self.onConflict = onConflict
        self.quorum = quorum
        graph = CallGraph(calls.map(\.inputs))
        usesRequest = calls.contains { $0.request != nil }
    }

    /// By call: the time that it has from its start, never longer than that of the whole.
    package func timeouts(within total: Duration) -> [Duration] {
        calls.map { call in call.timeout.map { min($0, total) } ?? total }
    }

    /// Whether a call's template names a field of this one's answer.
    package func looksAtFields(of index: Int) -> Bool {
        calls.lazy.flatMap(\.references).contains {
            if case .call(index, .header) = $0 { true } else { false }
        }
    }
}
