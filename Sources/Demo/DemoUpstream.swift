import FanOut
import HTTPEdge
import Loop
import NIOCore
package import Processes

/// The demo's upstreams: one server whose paths are fast, slow or broken.
package struct DemoUpstream {
    package var channel: ControlChannel
    /// The number of the inherited listening socket.
    package var listener: Int32

    package init(channel: ControlChannel, listener: Int32) {
        self.channel = channel
        self.listener = listener
    }

    /// Serves until the supervisor says drain or is gone.
    package func run() throws {
        Signals.ignoreBrokenPipes()
        try SupervisedServer.run(channel, limit: .seconds(5)) { [self] in
            let server = HTTPServer(DemoAnswers(), limits: EdgeLimits())
            server.serve(listener)
            return (server, atEnd: {})
        }
    }
}

/// What the demo's upstreams answer.
@LoopActor
private final class DemoAnswers: RequestHandler {
    /// Longer than the demo's timeouts, as the slow one of five URLs is in the classic programs.
    private static let slowness = TimeAmount.seconds(2)

    func respond(to request: Request, of client: Client) async -> Response {
        guard let target = RequestTarget(request.target) else { return json(400, #"{"error":"bad target"}"#) }
        switch target.segments.first {
        case "users":
            let id = target.segments.dropFirst().first ?? "0"
            return json(200, #"{"id":"\#(id)","name":"Ada Lovelace"}"#.filter { $0 != "\\" })
        case "orders": return json(200, #"{"items":[{"sku":"A-1","count":2},{"sku":"B-7","count":1}]}"#)
        case "news": return json(200, #"{"headlines":["Swift on the server","libcurl turns 28"]}"#)
        case "slow":
            // It does not look at the client: an upstream that takes its time does so for whoever asks.
            try? await LoopActor.loop.scheduleTask(in: Self.slowness) {}.futureResult.get()
            return json(200, #"{"report":"worth the wait","took_ms":2000}"#)
        case "broken": return json(500, #"{"error":"always fails"}"#)
        default: return json(404, #"{"error":"no such path"}"#)
        }
    }

    private func json(_ status: Int, _ text: String) -> Response {
        var response = Response(status: status, body: Array(text.utf8))
        response.fields.append("Content-Type", "application/json")
        return response
    }

    func refused(_ status: Int, client: String) {}

    func connectionOpened() {}

    func connectionClosed() {}
}
