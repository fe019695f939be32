import Loop

/// A call on its way: one transfer, attempts of which one brings the result, or a part in what several calls share.
package enum RunningCall {
    case transfer(Transfer)
    case attempts(CallAttempts)
    case shared(SharedCall)
}

extension RunningCall {
    /// There is room for more of the answer.
    @LoopActor package func resume() {
        if case .held(let holder) = transfer?.stage { holder.resume() }
    }

    /// Sends a piece of the request's body once that is wanted; false when no more should come until there is room.
    @LoopActor package func send(body bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let transfer, case .held(let holder) = transfer.stage else { return true }
        transfer.hasSentBody = true
        return holder.send(body: bytes)
    }

    /// The request's body is whole.
    ///
    /// - Parameter trailers: Whole lines, for a body in chunks.
    @LoopActor package func endBody(trailers: [UInt8]) {
        guard let transfer, case .held(let holder) = transfer.stage else { return }
        transfer.hasSentBody = true
        holder.endBody(trailers: trailers)
    }

    /// The one that streams; several calls never share one that does.
    @LoopActor private var transfer: Transfer? {
        switch self {
        case .transfer(let transfer): transfer
        case .attempts(let attempts): attempts.streaming
        case .shared: nil
        }
    }
}

extension RunningCall {
    /// The URL of the server that had its last attempt; nil where it came to none.
    @LoopActor package var server: String? {
        switch self {
        case .transfer(let transfer): transfer.server?.server.url
        case .attempts(let attempts): attempts.server
        case .shared: nil
        }
    }

    /// How often it was tried; 0 where equal calls share one, or its answer was kept.
    @LoopActor package var attempts: Int {
        switch self {
        case .transfer: 1
        case .attempts(let attempts): attempts.count
        case .shared: 0
        }
    }

    /// Of its last attempt.
    @LoopActor package var times: TransferTimes? {
        switch self {
        case .transfer(let transfer): transfer.times
        case .attempts(let attempts): attempts.times
        case .shared: nil
        }
    }
}
