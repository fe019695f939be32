/// What a client may use up, and for how long: each limit with its default and the reason for it.
package struct ClientLimits: Sendable, Hashable {
    package var times = Times()
    /// Bytes a second of a request's body, after `times.header`, and of an answer that waits, after `times.write`.
    ///
    /// 500: as Apache's mod_reqtimeout has it; a modem of 1990 is faster.
    package var leastRate = 500
    package var requests = Requests()
    package var connections = Connections()

    /// How long each part of an exchange may take.
    package struct Times: Sendable, Hashable {
        /// From a request's first byte to the end of its header (or a connection's start to its first request).
        ///
        /// 10 s: far more than any network needs, short enough that slow senders (Slowloris) hold few connections.
        package var header = Duration.seconds(10)
        /// How long a connection may wait for its next request.
        ///
        /// 75 s: longer than nginx keeps idle upstream connections (60 s), else nginx meets closed ones.
        package var keepAliveIdle = Duration.seconds(75)
        /// How long a client may take nothing of an answer that waits for it.
        ///
        /// 60 s: as nginx's send_timeout.
        package var write = Duration.seconds(60)
        /// When draining, for a request that is on its way on a connection that was idle.
        package var drainGrace = Duration.milliseconds(250)
        /// How long a closed connection is still read, so that a client in the middle of sending sees the answer.
        package var linger = Duration.seconds(1)
    }

    /// What one request may have.
    package struct Requests: Sendable, Hashable {
        package var head = RequestLimits()
        /// Bytes of its body; a larger one is answered 413.
        ///
        /// 1 MiB: as much as nginx passes by default (client_max_body_size).
        package var body = 1 << 20
        /// Requests that wait on one connection behind the one in progress, before it is no longer read.
        package var pipelined = 16
    }

    /// How many connections there may be, in each process.
    package struct Connections: Sendable, Hashable {
        /// At once; further ones wait in the socket's queue.
        ///
        /// 65,536: as many as there can be of one client to one address and port.
        package var atOnce = 65_536
        /// Of one client address at once.
        ///
        /// Further ones are closed; nil: no limit.
        package var perClient: Int?
        /// Requests on one of them, after which it is closed; nil: it stays.
        package var requests: Int?
    }

    package init() {}
}
