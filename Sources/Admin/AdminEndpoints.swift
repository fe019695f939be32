import Base
import HTTP
import HTTPEdge
import Loop
import Processes
import Scoreboard

/// What the admin address answers to GET and HEAD: the dashboard with what it is told, `/stats`, `/metrics`, `/healthz` and
/// `/readyz`.
@LoopActor
final class AdminEndpoints: RequestHandler {
    private let scoreboard: ScoreboardReader

    private let dashboard = DashboardPage()
    private let feed: LiveFeed

    init(_ scoreboard: ScoreboardReader, _ feed: LiveFeed) {
        self.scoreboard = scoreboard
        self.feed = feed
    }

    func respond(to request: Request, of client: Client) {
        guard let path = RequestTarget(request.target)?.segments else {
            return client.answer(Problem(400, "The target is no path that can be read.").response)
        }
        if request.method == "GET", path == ["events"] {
            if feed.tell(client) { return }
            return client.answer(json(503, #"{"status":"too many dashboards listen"}"#))
        }
        client.answer(response(to: request.method, path))
    }

    private func response(to method: String, _ path: [String]) -> Response {
        let answer: (() -> Response)? =
            switch path {
            case [""]: { self.dashboard.response() }
            case ["events"], ["live"]: { self.json(200, self.feed.json) }
            case ["stats"]: stats
            case ["metrics"]: metrics
            case ["healthz"]: healthz
            case ["readyz"]: readyz
            default: nil
            }
        guard let answer else {
            return Problem(404, "Here are /, /stats, /metrics, /healthz and /readyz.").response
        }
        guard method == "GET" || method == "HEAD" else {
            var response = Problem(405, "This is read-only.").response
            response.fields.append("Allow", "GET, HEAD")
            return response
        }
        var response = answer()
        response.fields.append("Cache-Control", "no-store")
        return response
    }

    private func stats() -> Response {
        json(200, StatsReport(scoreboard.snapshot(), now: .now()).json)
    }

    private func metrics() -> Response {
        var response = Response(status: 200, body: Array(MetricsReport(scoreboard.snapshot(), now: .now()).text.utf8))
        response.fields.append("Content-Type", MetricsReport.contentType)
        return response
    }

    /// The supervisor holds the control channel of this process: when it is gone, so is this answer.
    private func healthz() -> Response {
        json(200, #"{"status":"ok"}"#)
    }

    private func readyz() -> Response {
        let state = scoreboard.supervisor.state
        let workers = scoreboard.readyLoad(at: .now()).workers
        let isReady = workers > 0 && state != .draining
        return json(
            isReady ? 200 : 503,
            #"{"status":"\#(isReady ? "ready" : "not ready")","state":"\#(state.rawValue)","workers_ready":\#(workers)}"#
        )
    }

    private func json(_ status: Int, _ text: String) -> Response {
        var response = Response(status: status, body: Array(text.utf8))
        response.fields.append("Content-Type", "application/json")
        if status == 503 { response.fields.append("Retry-After", "1") }
        return response
    }

    func refused(_ status: Int, client: String) {}

    func connectionOpened() {}

    func connectionClosed() {}

    func drains() { feed.end() }
}
