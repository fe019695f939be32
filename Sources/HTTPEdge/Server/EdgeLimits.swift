package import HTTP

/// What a client may use up, and what a connection has in memory.
package struct EdgeLimits: Sendable {
    package var client: ClientLimits
    package var buffers = Buffers()

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

    package init(_ client: ClientLimits = ClientLimits()) { self.client = client }
}
