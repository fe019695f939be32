import FanOut
import HTTP
import HTTPEdge
import Loop
import Policy

/// What a request came to.
struct AnsweredRequest {
    /// How its calls ended, where somebody wants to know.
    struct Calls {
        var service: FanOutService
        var outcomes: [Settled]
    }

    var response: Response
    var failed: [(name: String, failure: Failure)] = []
    var calls: Calls?
    /// Set where the client has its answer already, in pieces.
    var streamedBytes: Int?

    /// What it counts as; a WebSocket has done what it was for, also when its client has gone.
    @LoopActor func status(of client: Client) -> Int {
        response.status == 101 ? 101 : client.status(response.status)
    }
}

extension Client {
    /// What a request counts as: when the client went away nobody got the answer, and nginx counts that so.
    func status(_ status: Int) -> Int { isGone ? 499 : status }
}
