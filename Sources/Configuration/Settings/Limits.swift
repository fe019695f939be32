/// The limits that a configuration sets (`limits:`), each with its default and the reason for it.
package struct Limits: Sendable, Hashable {
    /// From a request's first byte to the end of its header (or a connection's start to its first request).
    ///
    /// 10 s: far more than any network needs, short enough that slow senders (Slowloris) hold few connections.
    package var headerTimeout: Duration = .seconds(10)
    /// How long a connection may wait for its next request.
    ///
    /// 75 s: longer than nginx keeps idle upstream connections (60 s), else nginx meets closed ones.
    package var keepaliveIdle: Duration = .seconds(75)
    /// Bytes a second of a request's body, after the time of its header, and of an answer, after `writeTimeout`.
    ///
    /// 500: as Apache's mod_reqtimeout has it; a modem of 1990 is faster.
    package var leastRate = 500
    /// How long a client may take nothing of an answer that waits for it.
    ///
    /// 60 s: as nginx's send_timeout.
    package var writeTimeout: Duration = .seconds(60)
    /// Connections of clients at once, in each worker; further ones wait in the socket's queue.
    ///
    /// 65,536: as many as there can be of one client to one address and port.
    package var connections: Int = 65_536
    /// Connections of one client address at once, in each worker.
    ///
    /// Further ones are closed; nil: no limit.
    package var connectionsPerClient: Int?
    /// Requests after which a connection is closed; nil: it stays.
    package var requestsPerConnection: Int?
    /// For the connection to a server, name resolution and TLS included; nil leaves it to the call's timeout.
    ///
    /// A limit of its own only helps where a server takes connections fast and answers slowly.
    package var connectTimeout: Duration?
    /// Bytes of a request's body; a larger one is answered 413.
    ///
    /// 1 MiB: as much as nginx passes by default (client_max_body_size).
    package var requestBody: Int = 1 << 20
    /// Bytes of each call's body; a larger one fails as `too_large`.
    ///
    /// 10 MiB: ample for a part of a page, and five calls of it do not threaten a worker's memory.
    package var responseBody: Int = 10 << 20
    /// Bytes of a request's line and header together; more is answered 431 (414 for the line alone).
    ///
    /// 32 KiB: as nginx's four large buffers of 8 KiB.
    package var headerBytes: Int = 32 << 10
    /// Fields of a request's header; more is answered 431.
    ///
    /// 100: as Apache's LimitRequestFields, several times what browsers send.
    package var headerFields: Int = 100
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
