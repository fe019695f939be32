import Base
import HTTP
import HTTPEdge
import JSON
import Loop
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
        Signals.ignoreHangUp()
        try SupervisedServer.run(channel, limit: .seconds(5)) { [self] in
            let server = HTTPServer(DemoAnswers(), limits: EdgeLimits())
            server.serve(listener)
            return SupervisedServer.Started(server)
        }
    }
}

/// What the demo's upstreams answer.
@LoopActor
private final class DemoAnswers: RequestHandler {
    /// Longer than the demo's timeouts, as the slow one of five URLs is in the classic programs.
    private static let slowness = Duration.seconds(2)

    func respond(to request: Request, of client: Client) {
        guard let segments = RequestTarget(request.target)?.segments, let first = segments.first else {
            return client.answer(json(400, #"{"error":"bad target"}"#))
        }
        switch first {
        case "users": client.answer(user(segments.dropFirst().first ?? "0"))
        case "orders": client.answer(json(200, #"{"items":[{"sku":"A-1","count":2},{"sku":"B-7","count":1}]}"#))
        case "news": client.answer(json(200, #"{"headlines":["Swift on the server","libcurl turns 28"]}"#))
        case "slow":
            let response = json(200, #"{"report":"worth the wait","took_ms":2000}"#)
            LoopTimer.once(at: .now() + Self.slowness) { client.answer(response) }
        case "broken": client.answer(json(500, #"{"error":"always fails"}"#))
        default: client.answer(json(404, #"{"error":"no such path"}"#))
        }
    }

    private func user(_ id: String) -> Response {
        var body = Array(#"{"id":"#.utf8)
        JSONText.append(string: id, to: &body)
        body.append(contentsOf: #","name":"Ada Lovelace"}"#.utf8)
        return json(200, String(decoding: body, as: UTF8.self))
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
