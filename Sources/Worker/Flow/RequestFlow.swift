import Base
import FanOut
import HTTP
import HTTPEdge
import Loop
import Processes
import Scoreboard
import Upstream

/// The way of a request, whole: route, access, limits, what the route does, answer; counted on the scoreboard and written
/// to the log.
@LoopActor
final class RequestFlow: RequestHandler {
    let services: Services
    let engine: any CallEngine
    let admission: Admission
    let telemetry: RequestTelemetry
    let heavyWork = HeavyWork()
    var bodyMemory = KeptMemory()
    private var random = SplitMix64(seed: .random(in: .min ... .max))

    init(_ services: Services, _ engine: any CallEngine, _ admission: Admission, _ telemetry: RequestTelemetry) {
        self.services = services
        self.engine = engine
        self.admission = admission
        self.telemetry = telemetry
    }

    func respond(to request: Request, of client: Client) {
        telemetry.counters.requestStarted()
        route(Exchange(request, client, telemetry.mark(request, id: requestID(request))))
    }

    /// Asks itself for a path, or without one for what no route has and no upstream hears of; reports the status.
    ///
    /// It is no client's request: only its calls are counted, and it is not written to the log.
    func probe(_ path: String?, report: @escaping @LoopActor (Int) -> Void) {
        let request = Request(
            method: path == nil ? "PROBE" : "GET", target: path ?? "/", fields: HeaderFields(), body: [],
            peer: Request.Peer("probe"), received: .now())
        route(Exchange(request, Client(), RequestMark(id: requestID(request)), probe: report))
    }

    private func route(_ exchange: Exchange) {
        let request = exchange.request
        guard let target = RequestTarget(request.target), request.method != "CONNECT" else {
            return finish(exchange, Response(withoutPath: request, id: exchange.id))
        }
        if services.hasCORS, let preflight = preflight(exchange, target) { return finish(exchange, preflight) }
        switch services.table.lookUp(method: request.method, segments: target.segments) {
        case .notFound: refuse(exchange, 404, "No route has this path.")
        case .methodNotAllowed(let allow):
            var response = Problem(405, "This path does not take \(request.method).", requestID: exchange.id).response
            response.fields.append("Allow", allow.joined(separator: ", "))
            finish(exchange, response)
        case .found(let index, let captures):
            let service = services.routes[index]
            exchange.enter(service)
            guard let access = service.route.access, exchange.probe == nil else {
                return take(exchange, service, captures, target)
            }
            admit(exchange, access, service.stages.tokens) { [self] refusal in
                guard let refusal else { return take(exchange, service, captures, target) }
                finish(exchange, refusal)
            }
        }
    }

    /// A request that its route lets in.
    private func take(_ exchange: Exchange, _ service: RouteService, _ captures: [String], _ target: RequestTarget) {
        switch service.judge(exchange.request, at: .now()) {
        case .admitted: break
        case .quarantined(let wait):
            let problem = Problem(503, "This route is in quarantine.", requestID: exchange.id)
            return finish(exchange, problem.after(wait).response)
        case .rateLimited(let wait):
            telemetry.counters.count(.rateLimited)
            let problem = Problem(429, "This route takes no more requests at this time.", requestID: exchange.id)
            return finish(exchange, problem.after(wait).response)
        }
        telemetry.begin(exchange, at: service.index)
        switch service.action {
        case .respond(let response):
            var response = response
            response.fields.append("X-Request-Id", exchange.id)
            finish(exchange, response)
        case .fanOut(let service): fanOut(exchange, service, captures, target)
        case .batch(let service): batch(exchange, service)
        case .proxy(let service): proxy(exchange, service, captures, target)
        }
    }

    /// The end of the way: an answer is counted, written to the log and given to whoever asked.
    func finish(_ exchange: Exchange, _ answered: AnsweredRequest) {
        telemetry.end(exchange)
        if let report = exchange.probe { return report(answered.response.status) }
        telemetry.tell(exchange, answered, at: .now())
        if answered.streamedBytes == nil { exchange.client.answer(answered.response) }
    }

    private func finish(_ exchange: Exchange, _ response: Response) {
        finish(exchange, AnsweredRequest(response: response))
    }

    func refuse(_ exchange: Exchange, _ status: Int, _ detail: String) {
        finish(exchange, Problem(status, detail, requestID: exchange.id).response)
    }

    private func requestID(_ request: Request) -> String {
        if let id = request.first("x-request-id"), RequestID.isWellFormed(id) { return id }
        return RequestID.make(using: &random)
    }

    // MARK: The edge

    /// Bodies go on as they come where the route is a proxy; all others are read whole first.
    func bodyReading(of head: RequestHead) -> BodyReading {
        guard services.hasProxies, let target = RequestTarget(head.target),
            case .found(let index, _) = services.table.lookUp(method: head.method, segments: target.segments),
            case .proxy(let service) = services.routes[index].action
        else { return .whole }
        guard head.asksForWebSocket else { return .streamed(limit: service.route.maxBody) }
        return service.route.webSocketIdle == nil ? .whole : .untilClose
    }

    func refused(_ status: Int, client: String) { telemetry.refused(status, client: client) }

    func connectionOpened() { telemetry.counters.connectionOpened() }

    func connectionClosed() { telemetry.counters.connectionClosed() }
}
