package import FanOut
package import Loop

/// Who takes an answer as it comes, in place of having it whole at its end.
@LoopActor
package protocol TransferSink: AnyObject {
    /// The head is there; from now on the transfer is not made again.
    ///
    /// - Parameter length: Of the body in bytes; nil where the head does not say it.
    func began(status: Int, fields: HeaderFields, length: Int?)
    /// A piece of the body; false when no more can be taken until the call is resumed.
    func received(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool
}

extension RunningCall {
    /// There is room for more of the answer.
    @LoopActor package func resume() {
        switch self {
        case .transfer(let transfer): transfer.resume()
        case .attempts(let attempts): attempts.resume()
        case .shared: break
        }
    }
}

extension Transfer {
    func resume() {
        if case .exchanging(let connection) = stage { connection.resume() }
    }
}
