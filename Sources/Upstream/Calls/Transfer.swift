import Base
import HTTP
package import Loop
import Policy
import Processes

/// Who has a transfer: a queue in which it waits, or a connection of either lane.
@LoopActor
protocol TransferHolder: AnyObject {
    /// It is given up, and marked as settled.
    func abandon(_ transfer: Transfer)
    /// Its sink has room for more of the answer.
    func resume()
    /// Sends a piece of the request's body; false when no more should come until there is room.
    func send(body bytes: UnsafeBufferPointer<UInt8>) -> Bool
    /// The request's body is whole.
    func endBody(trailers: [UInt8])
}

extension TransferHolder {
    func resume() {}
    func send(body bytes: UnsafeBufferPointer<UInt8>) -> Bool { true }
    func endBody(trailers: [UInt8]) {}
}

/// Who starts transfers, moves them between lanes and settles them: what attempts and lanes know of the engine.
///
/// The engine alone is one, so the compiler may call it directly.
@LoopActor
protocol TransferDesk: AnyObject {
    /// Makes a call once, with nothing that its upstream does about failures.
    ///
    /// Its owner is always told how it ended, and never from inside of this.
    func start(_ order: consuming CallOrder, at now: MonotonicTime) -> Transfer
    /// Ends a transfer without an answer to its owner; its connection is closed, which tells the upstream.
    func cancel(_ transfer: Transfer)
    /// Ends a transfer and tells its owner.
    func settle(_ transfer: Transfer, _ result: TransferResult)
    /// Ends it from a place that its owner must not be told from.
    func fail(_ transfer: Transfer, _ failure: Failure)
    /// Begins it again with libcurl: because that decodes bodies, or as a second attempt.
    func beginAgain(_ transfer: Transfer)
}

/// One upstream request on its way, on whichever lane.
@LoopActor
package final class Transfer {
    /// Where it is; each stage knows what has to be undone when it is given up there.
    enum Stage {
        /// Not begun, or waiting for an event that looks whether it is settled.
        case starting
        /// Queued, or on a connection of a lane.
        case held(any TransferHolder)
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

    // MARK: TLS

    /// The server and its URL where that has another name than the server's: the one that its certificate is for.
    var namedServer: (server: Server, url: String)? {
        guard let name = endpoint.upstream.settings.tls.serverName, let server = server?.server, server.isSecure else {
            return nil
        }
        return (server, server.url(named: name))
    }

    /// Says why TLS failed with its server: the first time, and then every ten seconds at most.
    func report(_ fault: TLSFault?) {
        guard let fault, let server else { return }
        let now = MonotonicTime.now()
        if let last = server.faultReportedAt, now.since(last) < .seconds(10) { return }
        server.faultReportedAt = now
        endpoint.upstream.report(.tlsFailed(server.server.url, fault))
    }
}
