package import HTTP

/// The limits that a configuration sets (`limits:`), each with its default and the reason for it.
package struct Limits: Sendable, Hashable {
    package var client = ClientLimits()
    /// For the connection to a server, name resolution and TLS included; nil leaves it to the call's timeout.
    ///
    /// A limit of its own only helps where a server takes connections fast and answers slowly.
    package var connectTimeout: Duration?
    /// Bytes of each call's body; a larger one fails as `too_large`.
    ///
    /// 10 MiB: ample for a part of a page, and five calls of it do not threaten a worker's memory.
    package var responseBody: Int = 10 << 20
    /// Calls in flight in each worker; one beyond it fails as `overloaded`.
    ///
    /// 16,384: more than a core can move in a page's time, and within the descriptors that a service may open.
    package var inFlight: Int = 16_384
    /// Whether a worker finds out by itself how many requests it can answer in time, and refuses the others with 503.
    ///
    /// Off: it wants routes that take about as long each time.
    package var isAdaptive = false

    package init() {}
}
