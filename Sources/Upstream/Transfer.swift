import Base
package import HTTP
package import Loop
package import Policy

/// How one call of an upstream ended.
package enum TransferResult: Sendable, Equatable {
    /// A whole answer, whatever its status; its fields only where the endpoint collects them.
    case response(status: Int, body: [UInt8], fields: HeaderFields?)
    case failure(Failure)
}

/// Who started a transfer and is told how it ended.
@LoopActor
package protocol TransferOwner: AnyObject {
    /// Called once for each transfer that was not cancelled, from the loop and never from inside `start`.
    func settled(_ index: Int, _ result: TransferResult)
}

/// One upstream request on its way, on whichever lane.
@LoopActor
package final class Transfer {
    /// Where it is; each stage knows what has to be undone when it is given up there.
    enum Stage {
        /// Not begun, or waiting for an event that looks whether it is settled.
        case starting
        /// In the line of its upstream's gate.
        case queued
        /// In the line of a server's pool.
        case waiting(ServerPool)
        /// On a connection of the plain lane.
        case exchanging(PlainConnection)
        /// With libcurl.
        case curl(CurlExchange)
        case settled
    }

    private(set) var order: CallOrder
    let deadline: MonotonicTime
    /// The line in which its deadline stands until it is settled.
    let line: Int
    var stage = Stage.starting
    let times: TransferTimes?
    /// The sink has the head of an answer.
    var hasBegun = false
    /// Some of a streamed body has gone, which nobody keeps, so it cannot be made again.
    var hasSentBody = false
    /// Where it is, and counted; nil before, and for a URL from outside.
    var server: ServerState?
    /// It is the one call by which an open circuit is tried.
    var isTrial = false
    /// Whether the upstream's gate counts it.
    var isAdmitted = false
    /// It met a connection that its server was closing, and is on its second attempt.
    var isRetry = false

    /// - Parameter line: Of its deadline.
    init(_ order: consuming CallOrder, deadline: MonotonicTime, line: Int) {
        times = order.endpoint.settings.traces ? TransferTimes() : nil
        self.order = order
        self.deadline = deadline
        self.line = line
    }

    var endpoint: Endpoint { order.endpoint }
    var message: OutgoingMessage? { order.message }
    var sink: (any TransferSink)? { order.sink }

    var isSettled: Bool {
        if case .settled = stage { true } else { false }
    }

    /// Whether its body goes out as it comes.
    var isStreamed: Bool { message?.streamed != nil }

    /// Marks it as over, and returns whom to tell.
    func settle() -> (any TransferOwner)? {
        stage = .settled
        defer { order.owner = nil }
        return order.owner
    }
}
