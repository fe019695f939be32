import FanOut
import HTTPEdge
import Loop
import Processes
import Scoreboard
import Upstream

/// The way of a request, whole: route, plan, calls, merge, answer; counted on the scoreboard and written to the log.
@LoopActor
final class RequestFlow: RequestHandler {
    private let services: Services
    private let engine: TransferEngine
    private let counters: WorkerCounters
    private let log: AccessLog?
    private var random = SplitMix64(seed: .random(in: .min ... .max))

    init(_ services: Services, _ engine: TransferEngine, _ counters: WorkerCounters, _ log: AccessLog?) {
        self.services = services
        self.engine = engine
        self.counters = counters
        self.log = log
    }

    func respond(to request: Request, of client: Client) async -> Response {
        counters.requestStarted()
        let id = requestID(request)
        let (response, route, failed) = await answer(request, id, client)
        let elapsed = MonotonicTime.now().since(request.received)
        // The client went away, so nobody gets this answer: counted as nginx counts it.
        let status = client.isGone ? 499 : response.status
        counters.requestFinished(status: status, latency: elapsed)
        log?.append(
            request, id: id, route: route, status: status, bytes: response.body.count, elapsed: elapsed, failed: failed)
        return response
    }

    private typealias Result = (Response, route: Route?, failed: [(name: String, failure: Failure)])

    private func answer(_ request: Request, _ id: String, _ client: Client) async -> Result {
        guard let target = RequestTarget(request.target) else {
            return (Problem(400, "The target is no path that can be read.", requestID: id).response, nil, [])
        }
        switch services.table.lookUp(method: request.method, segments: target.segments) {
        case .notFound:
            return (Problem(404, "No route has this path.", requestID: id).response, nil, [])
        case .methodNotAllowed(let allow):
            var response = Problem(405, "This path does not take \(request.method).", requestID: id).response
            response.fields.append("Allow", allow.joined(separator: ", "))
            return (response, nil, [])
        case .found(let index, let captures):
            let route = services.routes[index]
            guard let service = services.fanOuts[index] else {
                let detail = "This kind of route is not served by this version."
                return (Problem(501, detail, requestID: id).response, route, [])
            }
            return await fanOut(request, id, client, route, service, captures, target)
        }
    }

    private func fanOut(
        _ request: Request, _ id: String, _ client: Client, _ route: Route, _ service: FanOutService,
        _ captures: [String], _ target: RequestTarget
    ) async -> Result {
        let plan: FanOutPlan
        do throws(PlanError) {
            plan = try FanOutPlan(
                service.route, timeout: route.timeout, captures: captures, target: target, requestID: id)
        } catch {
            return (Problem(400, error.message, requestID: id).response, route, [])
        }
        let run = FanOutRun(service, plan, engine, counters)
        let (state, elapsed) = await run.outcomes(headers(request, id), for: client)
        let answer = Answer(service.route, state, elapsed: elapsed, requestID: id)
        return (answer.response, route, answer.failed)
    }

    /// What every call carries of the request.
    private func headers(_ request: Request, _ id: String) -> HeaderList {
        let headers = HeaderList()
        headers.append("X-Request-Id", id)
        guard let traceparent = request.first("traceparent"),
            let trace = TraceContext(traceparent: traceparent, tracestate: request.first("tracestate"))
        else { return headers }
        headers.append("traceparent", trace.traceparent)
        if let tracestate = trace.tracestate { headers.append("tracestate", tracestate) }
        return headers
    }

    private func requestID(_ request: Request) -> String {
        if let id = request.first("x-request-id"), RequestID.isWellFormed(id) { return id }
        return RequestID.make(using: &random)
    }

    func refused(_ status: Int, client: String) {
        counters.requestStarted()
        counters.requestFinished(status: status, latency: nil)
        log?.append(refused: status, client: client)
    }

    func connectionOpened() { counters.connectionOpened() }

    func connectionClosed() { counters.connectionClosed() }
}
