/// What a client may use up, and for how long.
package struct EdgeLimits: Sendable {
    /// From the first byte of a request to its last.
    package var headerTimeout: Duration = .seconds(10)
    /// Between requests.
    ///
    /// Longer than nginx keeps its upstream connections (60 s), else it meets closed ones.
    package var keepAliveIdle: Duration = .seconds(75)
    /// Bytes of one request's body.
    package var requestBody = 1 << 20
    /// Bytes of all header fields of one request, and of its request line.
    package var headerBytes = 32 * 1024
    package var headerFields = 100
    /// Bytes of a request's target; RFC 9110 section 4.1 wants at least 8,000.
    package var targetBytes = 8 * 1024
    /// Requests that wait on one connection behind the one in progress, before it is no longer read.
    package var pipelined = 16
    /// Bytes of an answer's body that are handed to the socket at once; a larger body goes in pieces.
    package var writeBytes = 64 << 10
    /// Bytes that a socket takes beyond those that are on their way.
    package var unsentBytes = 32 << 10
    /// How long a closed connection is still read, so that a client in the middle of sending sees the answer.
    package var linger: Duration = .seconds(1)

    package init() {}
}
