import Base
import FanOut
import HTTP
import HTTPEdge
import Loop
import Processes
import Scoreboard

/// Keeps how slow and failed requests went, for those who ask why.
struct RequestRecorder {
    var ring: RequestRing
    /// The slot's number.
    var worker: Int

    /// Writes a request down where there is something to tell.
    @LoopActor
    func note(
        _ result: FanOutResult, _ exchange: Exchange, status: Int
    ) {
        guard let trail = result.trail, let route = exchange.route else { return }
        let isSlow = result.elapsed * 2 > route.timeout
        guard isSlow || result.state.outcomes.contains(where: { $0.failure != nil }) else {
            return
        }
        ring.add(
            trail.record(
                of: RequestTrail.Subject(
                    requestID: exchange.id, method: exchange.request.method, route: route.path.text,
                    time: WallTime.now().rfc3339, worker: worker),
                status: exchange.client.status(status), elapsed: result.elapsed,
                limit: ScoreboardLimits.requestRecordBytes))
    }
}
