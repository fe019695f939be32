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

    let endpoint: Endpoint
    /// Path and query, without the server's base.
    let target: [UInt8]
    let headers: HeaderList?
    private let special: Special?
    private(set) var owner: (any TransferOwner)?
    let index: Int
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

    init(
        _ endpoint: Endpoint, target: [UInt8], headers: HeaderList?, owner: any TransferOwner, index: Int,
        deadline: MonotonicTime, line: Int, special: Special?
    ) {
        self.special = special
        self.endpoint = endpoint
        times = endpoint.settings.traces ? TransferTimes() : nil
        self.target = target
        self.headers = headers
        self.owner = owner
        self.index = index
        self.deadline = deadline
        self.line = line
    }

    /// What most transfers do not have, apart from them: each reference of a transfer is counted down at its end.
    final class Special {
        let url: HTTPURL?
        let hasURL: Bool
        let message: OutgoingMessage?
        let sink: (any TransferSink)?
        let avoided: ServerState?

        init(_ url: HTTPURL?, _ message: OutgoingMessage?, _ sink: (any TransferSink)?, _ avoided: ServerState?) {
            self.url = url
            hasURL = url != nil
            self.message = message
            self.sink = sink
            self.avoided = avoided
        }
    }

    /// Nil: a GET without a body.
    var message: OutgoingMessage? { special?.message }

    /// Where it goes when that is not one of the endpoint's servers.
    var url: HTTPURL? { special?.url }

    /// Whether there is such a URL, without a copy of it.
    var hasURL: Bool { special?.hasURL ?? false }

    /// Takes the answer as it comes; nil: the owner gets it whole.
    var sink: (any TransferSink)? { special?.sink }

    /// The server that it had better not go to.
    var avoided: ServerState? { special?.avoided }

    var isSettled: Bool {
        if case .settled = stage { true } else { false }
    }

    /// Whether it may be sent again where its connection broke before an answer (RFC 9110 section 9.2.2).
    var isIdempotent: Bool { message?.isIdempotent ?? true }

    /// Whether its body goes out as it comes.
    var isStreamed: Bool { message?.streamed != nil }

    /// Marks it as over, and returns whom to tell.
    func settle() -> (any TransferOwner)? {
        stage = .settled
        defer { owner = nil }
        return owner
    }
}
