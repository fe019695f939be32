package import HTTP

/// What a client may use up, and for how long.
package struct EdgeLimits: Sendable {
    package var times = Times()
    /// Bytes a second of a body that comes, and of an answer that waits, once their grace is over.
    package var leastRate = 500
    package var requests = Requests()
    package var connections = Connections()
    package var buffers = Buffers()

    /// How long each part of an exchange may take.
    package struct Times: Sendable {
        /// From the first byte of a request to the last of its header, and what a body has as grace.
        package var header: Duration = .seconds(10)
        /// Between requests.
        ///
        /// Longer than nginx keeps its upstream connections (60 s), else it meets closed ones.
        package var keepAliveIdle: Duration = .seconds(75)
        /// Until the client takes some more of an answer; as nginx's send_timeout.
        package var write: Duration = .seconds(60)
        /// When draining, for a request that is on its way on a connection that was idle.
        package var drainGrace: Duration = .milliseconds(250)
        /// How long a closed connection is still read, so that a client in the middle of sending sees the answer.
        package var linger: Duration = .seconds(1)
    }

    /// What one request may have.
    package struct Requests: Sendable {
        package var head = RequestLimits()
        /// Bytes of its body.
        package var body = 1 << 20
        /// Requests that wait on one connection behind the one in progress, before it is no longer read.
        package var pipelined = 16
    }

    /// How many connections there may be.
    package struct Connections: Sendable {
        /// At once; further ones wait in the socket's queue.
        package var atOnce = Int.max
        /// Of one client address at once.
        ///
        /// Further ones are closed; nil: as many as there may be.
        package var perClient: Int?
        /// Requests on one of them, after which it is closed.
        package var requests = Int.max
    }

    /// Bytes that are read, kept and sent in one go: a matter of speed, which no configuration sets.
    package struct Buffers: Sendable {
        /// Of one read.
        package var read = 16 << 10
        /// Of one read of a body that is taken as it comes.
        package var bodyRead = 128 << 10
        /// Of a body up to which an answer is put together to be sent at once; a larger body is sent from where it lies.
        package var write = 64 << 10
        /// Of a piece of an answer from which on it is sent at once from where it lies.
        package var direct = 4 << 10
        /// Of an answer in pieces that may wait for its client before its source is asked to wait as well.
        package var streamed = 256 << 10
        /// That one connection hands to its socket before others have their turn.
        package var turn = 128 << 10
        /// That a socket takes beyond those that are on their way.
        package var unsent = 32 << 10
    }

    package init() {}
}
