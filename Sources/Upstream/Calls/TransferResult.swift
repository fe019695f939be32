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

extension TransferResult {
    /// Why there is no answer.
    var failure: Failure? {
        if case .failure(let failure) = self { failure } else { nil }
    }

    /// Of the answer that there is.
    var status: Int? {
        if case .response(let status, _, _) = self { status } else { nil }
    }

    /// Whether a server that answers so is not well.
    var blamesServer: Bool {
        switch self {
        case .response(let status, _, _): status >= 500
        case .failure(let failure): failure.traits.blamesServer
        }
    }

    /// Whether what is kept may stand in (RFC 5861 section 4: for what would be 500, 502, 503 or 504).
    var mayServeStale: Bool {
        switch self {
        case .response(let status, _, _): [500, 502, 503, 504].contains(status)
        case .failure(let failure): failure.traits.mayServeStale
        }
    }
}
