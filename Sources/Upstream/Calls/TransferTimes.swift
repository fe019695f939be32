package import Base
package import Loop

/// When the steps of a transfer were done, for those who look at one: only where its endpoint traces.
@LoopActor
package final class TransferTimes {
    /// How long the steps of making a connection took.
    package struct Connection: Sendable {
        /// Asking for the name's addresses; zero where it was known, or is an address.
        package var dns = Duration.zero
        package var connect = Duration.zero
        package var tls = Duration.zero
    }

    /// The request was handed to a connection.
    package internal(set) var sent: MonotonicTime?
    /// The first byte of the answer came.
    package internal(set) var firstByte: MonotonicTime?
    /// Of the connection, where it was made for this transfer.
    package internal(set) var connection: Connection?

    nonisolated init() {}
}
