package import HTTP
package import Loop

/// Who takes an answer as it comes, in place of having it whole at its end, and may give the request's body likewise.
@LoopActor
package protocol TransferSink: AnyObject {
    /// The head is there; from now on the transfer is not made again.
    ///
    /// - Parameter length: Of the body in bytes; nil where the head does not say it.
    func began(status: Int, fields: HeaderFields, length: Int?)
    /// A piece of the body; false when no more can be taken until the call is resumed.
    func received(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool
    /// The fields behind a body in chunks, all of it received (RFC 9112 section 7.1.2).
    func received(trailers: HeaderFields)
    /// An interim answer (RFC 9110 section 15.2).
    func informed(status: Int, fields: HeaderFields)
    /// The request's head is out, so its body can be sent, where that is streamed. With `untilClose` it is the answer 101
    /// that has come.
    ///
    /// Called again where the transfer is made again, after `bodyHasToWait`.
    ///
    /// Not so from inside of the call's start, whose caller does not have the call yet: the sink has to wait for that.
    func wantsBody()
    /// The connection is lost before any of the body was sent: none is to be sent until it is wanted again.
    func bodyHasToWait()
    /// More of the body can be sent.
    func hasRoomForBody()
}

extension TransferSink {
    package func received(trailers: HeaderFields) {}
    package func informed(status: Int, fields: HeaderFields) {}
    package func wantsBody() {}
    package func bodyHasToWait() {}
    package func hasRoomForBody() {}
}
