import Base
import Configuration
import HTTP
import Loop
import Scoreboard
import Telemetry
import Upstream

/// Gives each request its place in a trace, and tells a collector of those that are recorded.
@LoopActor
final class Tracer {
    private let sample: SampleRate
    private let exporter: SpanExporter
    private var random = SplitMix64(seed: .random(in: .min ... .max))

    init(_ settings: TracingSettings, _ engine: any CallEngine, _ counters: WorkerCounters, slot: Int) {
        sample = settings.sample
        exporter = SpanExporter(settings, engine, counters, slot: slot)
    }

    /// The trace of a request: the caller's, which decides for itself, or a new one (W3C Trace Context section 4.3).
    func begin(_ request: Request, id: String) -> RequestTrace {
        guard let caller = TraceContext(request) else {
            return RequestTrace(SpanContext(sample, using: &random), id: id, exporter)
        }
        let parent = SpanContext(caller)
        return RequestTrace(
            parent.below(using: &random), parent: parent.span, tracestate: caller.tracestate, id: id, exporter)
    }

    /// Sends what is left, at the end of the process.
    func close(_ done: @escaping @LoopActor () -> Void) { exporter.finish(done) }
}

/// What joins all that is told of a request.
struct RequestMark {
    var id: String
    /// Nil: traces are only passed on.
    var trace: RequestTrace?

    /// The trace, if it is recorded.
    @LoopActor var recorded: RequestTrace? {
        guard let trace, trace.context.isSampled else { return nil }
        return trace
    }

    /// What every call carries of the request.
    @LoopActor
    func headers(_ request: Request) -> HeaderList {
        if let trace { return trace.headers(trace.context) }
        let headers = HeaderList()
        headers.append("X-Request-Id", id)
        guard let trace = TraceContext(request) else { return headers }
        headers.append("traceparent", trace.traceparent)
        if let tracestate = trace.tracestate { headers.append("tracestate", tracestate) }
        return headers
    }
}

extension TraceContext {
    /// What a request says of its trace; nil when it says nothing, or nothing well formed.
    fileprivate init?(_ request: Request) {
        guard let traceparent = request.first("traceparent") else { return nil }
        self.init(traceparent: traceparent, tracestate: request.first("tracestate"))
    }
}
