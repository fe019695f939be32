import Base
import FanOut
import HTTP
import Loop

/// How the calls of a request ended.
final class FanOutResult: Sendable {
    let state: FanOutState
    /// Bytes of all parts together.
    let bytes: Int
    /// Whether how long it took says how busy all is: not where a call failed at once, or the client left.
    let tellsOfLoad: Bool
    let elapsed: Duration
    let ended: MonotonicTime
    /// Fields of their answers for the client's.
    let passedBack: HeaderBlock?
    /// How each call went, where somebody may ask: the route is traced, or the request was slow or failed in part.
    let trail: RequestTrail?

    init(
        _ state: FanOutState, from start: MonotonicTime, to end: MonotonicTime, passedBack: HeaderBlock?,
        trail: RequestTrail?
    ) {
        self.state = state
        bytes = state.bytes
        tellsOfLoad = state.tellsOfLoad
        elapsed = end.since(start)
        ended = end
        self.passedBack = passedBack
        self.trail = trail
    }
}
