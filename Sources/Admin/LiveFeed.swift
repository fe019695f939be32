import Base
import HTTP
import HTTPEdge
import Loop
import Processes
import Scoreboard

/// What the dashboards are told: one report a second for all of them, as server-sent events
/// (https://html.spec.whatwg.org/multipage/server-sent-events.html) or each when it asks.
@LoopActor
final class LiveFeed {
    private static let interval = Duration.seconds(1)
    /// Dashboards that may listen at once.
    private static let limit = 64

    private let reader: ScoreboardReader
    private let routes: (_ generation: Int) -> [String]
    private var report: LiveReport
    private var listeners: [ObjectIdentifier: ResponseStream] = [:]
    private lazy var timer = LoopTimer { [unowned self] in tick() }

    /// - Parameter routes: The paths of a generation's routes, as far as they are known.
    init(_ reader: ScoreboardReader, routes: @escaping (_ generation: Int) -> [String]) {
        self.reader = reader
        self.routes = routes
        report = LiveReport(reader, since: nil, at: .now(), routes: routes)
    }

    /// The report as it is now, as JSON; one that is not a second old is told again.
    var json: String {
        look()
        return report.json
    }

    /// Tells a client from now on, each second; false when there are too many.
    func tell(_ client: Client) -> Bool {
        guard listeners.count < Self.limit else { return false }
        var head = Response(status: 200)
        head.fields.append("Content-Type", "text/event-stream")
        head.fields.append("Cache-Control", "no-store")
        // nginx passes each event on as it comes (ngx_http_proxy_module, proxy_buffering).
        head.fields.append("X-Accel-Buffering", "no")
        let stream = client.stream(head)
        guard !stream.isDiscarded else {
            stream.end()
            return true
        }
        let id = ObjectIdentifier(stream)
        listeners[id] = stream
        client.onGone = { [weak self] in self?.listeners[id] = nil }
        look()
        stream.send(Array("retry: 1000\n\ndata: \(report.json)\n\n".utf8))
        if listeners.count == 1 { timer.set(.now() + Self.interval) }
        return true
    }

    /// No more is told: the process is to leave.
    func end() {
        timer.cancel()
        for stream in listeners.values { stream.end() }
        listeners = [:]
    }

    private func look() {
        let now = MonotonicTime.now()
        // A little less, since the timer that asks for the next one may be early.
        guard now.since(report.look.at) > Self.interval * 9 / 10 else { return }
        report = LiveReport(reader, since: report.look, at: now, routes: routes)
    }

    private func tick() {
        guard !listeners.isEmpty else { return }
        look()
        let event = Array("data: \(report.json)\n\n".utf8)
        // Who is behind misses some: the next report has all that counts.
        for stream in listeners.values where !stream.isFull { stream.send(event) }
        timer.set(.now() + Self.interval)
    }
}
