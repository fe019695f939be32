import Base
import FanOut
import HTTP
import Loop
import Policy
import Processes
import Scoreboard
import Telemetry
import Upstream

/// The trace of one request: the contexts that its calls carry, and what is told of them as they end.
@LoopActor
final class RequestTrace {
    let context: SpanContext
    private let parent: UInt64
    private let tracestate: String?
    private let id: String
    private let exporter: SpanExporter
    /// One for all of its spans, so that they nest.
    private let clock: SpanClock

    init(
        _ context: SpanContext, parent: UInt64 = 0, tracestate: String? = nil, id: String, _ exporter: SpanExporter
    ) {
        self.context = context
        self.parent = parent
        self.tracestate = tracestate
        self.id = id
        self.exporter = exporter
        clock = exporter.clock
    }

    /// What a call carries: it is a span of its own, below the request's.
    func headers(ofCall index: Int) -> HeaderList { headers(context.child(index)) }

    /// What calls carry that belong to a span.
    func headers(_ context: SpanContext) -> HeaderList {
        let headers = HeaderList()
        headers.append("X-Request-Id", id)
        headers.append("traceparent", context.traceparent)
        if let tracestate { headers.append("tracestate", tracestate) }
        return headers
    }

    /// A call has ended.
    func ended(_ call: EndedCall) {
        let times = clock.span(from: call.start, call.elapsed)
        let template = call.template
        var span = Span(
            context.child(call.index), name: template.map { "\(call.method) \($0)" } ?? call.method, kind: .client,
            start: times.start, end: times.end)
        span.tracestate = tracestate
        span.parent = context.span
        span.attributes = [("http.request.method", .text(call.method))]
        if let server = call.server { span.attributes += Self.attributes(ofServer: server, path: call.path) }
        if let template { span.attributes.append(("url.template", .text(template))) }
        if let status = call.status { span.attributes.append(("http.response.status_code", .number(status))) }
        if call.attempts > 1 {
            span.attributes.append(("http.request.resend_count", .number(call.attempts - 1)))
        }
        if let name = call.name { span.attributes.append(("gateway.call", .text(name))) }
        if let failure = call.failure {
            // For an answer that was the reason, the convention wants its status.
            let isStatus = failure == .status
            span.attributes.append(
                ("error.type", .text(isStatus ? call.status.map(String.init) ?? "status" : failure.name)))
            span.isError = true
        }
        exporter.add(span)
    }

    /// The request is answered; it comes after its calls.
    ///
    /// - Parameter client: Its address, as far as it is known.
    func ended(_ request: Request, of client: String?, route: Route?, status: Int, elapsed: Duration) {
        let times = clock.span(from: request.received, elapsed)
        let route = route?.path.text
        var span = Span(
            context, name: route.map { "\(request.method) \($0)" } ?? request.method, kind: .server,
            start: times.start, end: times.end)
        span.tracestate = tracestate
        span.parent = parent
        span.isParentRemote = parent != 0
        let path = request.target.prefix { $0 != "?" }
        span.attributes = [
            ("http.request.method", .text(request.method)), ("url.path", .text(String(path))),
            ("url.scheme", .text("http")), ("http.response.status_code", .number(status)),
            ("gateway.request_id", .text(id)),
        ]
        if let route { span.attributes.append(("http.route", .text(route))) }
        if let client { span.attributes.append(("client.address", .text(client))) }
        if status >= 500 {
            span.attributes.append(("error.type", .text("\(status)")))
            span.isError = true
        }
        exporter.add(span)
    }

    private static func attributes(ofServer server: String, path: String) -> [(name: StaticString, value: Span.Value)] {
        var attributes: [(name: StaticString, value: Span.Value)] = [("url.full", .text(server + path))]
        if let url = try? HTTPURL(server) {
            attributes.append(("server.address", .text(url.host.text)))
            attributes.append(("server.port", .number(Int(url.port))))
        }
        return attributes
    }
}
