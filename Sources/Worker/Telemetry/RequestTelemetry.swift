import Access
import Base
import HTTP
import Loop
import Processes
import Scoreboard

/// What is told of a worker's requests: to the scoreboard, to the access log, to the trace, and to those who ask why one
/// was slow or failed.
@LoopActor
final class RequestTelemetry {
    let counters: WorkerCounters
    private let records: InFlightRecords
    private let recorder: RequestRecorder
    private let proxies: TrustedProxies
    private let log: AccessLog?
    private let tracer: Tracer?

    init(
        _ counters: WorkerCounters, _ records: InFlightRecords, _ recorder: RequestRecorder, _ proxies: TrustedProxies,
        _ log: AccessLog?, _ tracer: Tracer?
    ) {
        self.counters = counters
        self.records = records
        self.recorder = recorder
        self.proxies = proxies
        self.log = log
        self.tracer = tracer
    }

    /// Whether somebody wants to know how long each call of a request took.
    var tellsOfCalls: Bool { log != nil }

    /// What joins all that is told of a request.
    func mark(_ request: Request, id: String) -> RequestMark {
        RequestMark(id: id, trace: tracer?.begin(request, id: id))
    }

    /// A request begins with what its route does: notes it down, for the report if this process dies.
    func begin(_ exchange: Exchange, at route: Int) {
        exchange.place = records.begin(route: route, requestID: exchange.id, at: exchange.request.received)
    }

    /// A request is in flight no more.
    func end(_ exchange: Exchange) {
        if let place = exchange.place { records.end(place) }
    }

    /// What is told of a request's calls, which begin now.
    func calls(of exchange: Exchange, at now: MonotonicTime) -> CallTelemetry {
        CallTelemetry(exchange, counters, records, at: now)
    }

    /// Counts an answer and writes it to the log; its trace is told of it as well.
    func tell(_ exchange: Exchange, _ answered: AnsweredRequest, at now: MonotonicTime) {
        let request = exchange.request
        let elapsed = now.since(request.received)
        let status = answered.status(of: exchange.client)
        // A WebSocket lasts as long as its ends want.
        counters.requestFinished(
            status: status, latency: status == 101 ? nil : elapsed, route: exchange.service?.boardIndex)
        guard log != nil || exchange.mark.recorded != nil else { return }
        let forwarded = proxies.forwardedClient(of: request)
        exchange.mark.recorded?.ended(
            request, of: forwarded ?? request.clientAddress, route: exchange.route, status: status, elapsed: elapsed)
        log?.append(exchange, answered, client: forwarded ?? request.client, status: status, elapsed: elapsed)
    }

    /// Keeps how the calls of a request went, where that was slow or failed.
    func record(_ result: FanOutResult, _ exchange: Exchange, status: Int) {
        recorder.note(result, exchange, status: status)
    }

    /// A request was refused before it could be read whole.
    func refused(_ status: Int, client: String) {
        counters.requestStarted()
        counters.requestFinished(status: status, latency: nil)
        log?.append(refused: status, client: client)
    }
}
