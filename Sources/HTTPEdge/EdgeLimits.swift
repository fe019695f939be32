package import HTTP

/// What a client may use up, and for how long.
package struct EdgeLimits: Sendable {
    /// From the first byte of a request to the last of its header, and what a body has as grace.
    package var headerTimeout: Duration = .seconds(10)
    /// Bytes a second of a body that comes, and of an answer that waits, once their grace is over.
    package var leastRate = 500
    /// Between requests.
    ///
    /// Longer than nginx keeps its upstream connections (60 s), else it meets closed ones.
    package var keepAliveIdle: Duration = .seconds(75)
    /// Bytes of one request's body.
    package var requestBody = 1 << 20
    /// Of the head.
    package var request = RequestLimits()
    /// Until the client takes some more of an answer; as nginx's send_timeout.
    package var writeTimeout: Duration = .seconds(60)
    /// When draining, for a request that is on its way on a connection that was idle.
    package var drainGrace: Duration = .milliseconds(250)
    /// Bytes of one read.
    package var readBytes = 16 << 10
    /// Bytes of one read of a body that is taken as it comes.
    package var bodyReadBytes = 128 << 10
    /// Connections at once; further ones wait in the socket's queue.
    package var connections = Int.max
    /// Connections of one client address at once.
    ///
    /// Further ones are closed; nil: as many as there may be.
    package var connectionsPerClient: Int?
    /// Requests on one connection, after which it is closed.
    package var requestsPerConnection = Int.max
    /// Requests that wait on one connection behind the one in progress, before it is no longer read.
    package var pipelined = 16
    /// Bytes of a body up to which an answer is put together to be sent at once; a larger body is sent from where it lies.
    package var writeBytes = 64 << 10
    /// Bytes of a piece of an answer from which on it is sent at once from where it lies.
    package var directBytes = 4 << 10
    /// Bytes of an answer in pieces that may wait for its client before its source is asked to wait as well.
    package var streamedBytes = 256 << 10
    /// Bytes that one connection hands to its socket before others have their turn.
    package var turnBytes = 128 << 10
    /// Bytes that a socket takes beyond those that are on their way.
    package var unsentBytes = 32 << 10
    /// How long a closed connection is still read, so that a client in the middle of sending sees the answer.
    package var linger: Duration = .seconds(1)

    package init() {}
}
