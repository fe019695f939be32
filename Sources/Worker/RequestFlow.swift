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
    private let records: InFlightRecords
    private let log: AccessLog?
    private let heavyWork = HeavyWork()
    private var random = SplitMix64(seed: .random(in: .min ... .max))

    init(
        _ services: Services, _ engine: TransferEngine, _ counters: WorkerCounters, _ records: InFlightRecords,
        _ log: AccessLog?
    ) {
        self.records = records
        self.services = services
        self.engine = engine
        self.counters = counters
        self.log = log
    }

    func respond(to request: Request, of client: Client, answer: @escaping @LoopActor (Response) -> Void) {
        counters.requestStarted()
        let id = requestID(request)
        route(request, id, client) { [self] response, route, failed in
            let elapsed = MonotonicTime.now().since(request.received)
            // The client went away, so nobody gets this answer: counted as nginx counts it.
            let status = client.isGone ? 499 : response.status
            counters.requestFinished(status: status, latency: elapsed)
            log?.append(
                request, id: id, route: route, status: status, bytes: response.body.count, elapsed: elapsed,
                failed: failed)
            answer(response)
        }
    }

    /// Asks itself for a path, or without one for what no route has and no upstream hears of; reports the status.
    ///
    /// It is no client's request: only its calls are counted, and it is not written to the log.
    func probe(_ path: String?, report: @escaping @LoopActor (Int) -> Void) {
        let request = Request(
            method: path == nil ? "PROBE" : "GET", target: path ?? "/", fields: HeaderFields(), body: [],
            client: "probe",
            received: .now())
        route(request, requestID(request), Client()) { response, _, _ in report(response.status) }
    }

    private typealias Done = (Response, Route?, _ failed: [(name: String, failure: Failure)]) -> Void

    private func route(_ request: Request, _ id: String, _ client: Client, _ done: @escaping Done) {
        guard let target = RequestTarget(request.target) else {
            return done(Problem(400, "The target is no path that can be read.", requestID: id).response, nil, [])
        }
        switch services.table.lookUp(method: request.method, segments: target.segments) {
        case .notFound:
            done(Problem(404, "No route has this path.", requestID: id).response, nil, [])
        case .methodNotAllowed(let allow):
            var response = Problem(405, "This path does not take \(request.method).", requestID: id).response
            response.fields.append("Allow", allow.joined(separator: ", "))
            done(response, nil, [])
        case .found(let index, let captures):
            let route = services.routes[index]
            if let wait = services.quarantine(of: index) {
                return done(Self.quarantined(for: wait, id), route, [])
            }
            if let wait = services.rateLimits.wait(for: request, of: index) {
                counters.requestRateLimited()
                return done(RateLimits.refusal(for: wait, requestID: id), route, [])
            }
            let place = records.begin(route: index, requestID: id, at: request.received)
            let done: Done = { [records] response, route, failed in
                if let place { records.end(place) }
                done(response, route, failed)
            }
            switch services.actions[index] {
            case .respond(let response):
                var response = response
                response.fields.append("X-Request-Id", id)
                done(response, route, [])
            case .fanOut(let service):
                do throws(PlanError) {
                    let plan = try FanOutPlan(
                        service.route, timeout: route.timeout, captures: captures, target: target, requestID: id,
                        request: service.route.usesRequest ? request : nil)
                    fanOut(plan, service, request, id, client, place) { response, failed in
                        done(response, route, failed)
                    }
                } catch {
                    done(Problem(400, error.message, requestID: id).response, route, [])
                }
            case .batch(let service):
                batch(service, route, request, id, client) { done($0, route, []) }
            case .none:
                let detail = "This kind of route is not served by this version."
                done(Problem(501, detail, requestID: id).response, route, [])
            }
        }
    }

    /// The route's requests were in flight at crash after crash.
    private static func quarantined(for wait: Duration, _ id: String) -> Response {
        var problem = Problem(503, "This route is in quarantine.", requestID: id)
        problem.retryAfter = max(1, Int((wait.wholeMilliseconds + 999) / 1_000))
        return problem.response
    }

    private func fanOut(
        _ plan: FanOutPlan, _ service: FanOutService, _ request: Request, _ id: String, _ client: Client,
        _ place: Int?,
        _ done: @escaping @LoopActor (Response, [(name: String, failure: Failure)]) -> Void
    ) {
        let record = place.map { (records, $0) }
        let run = FanOutRun(service, plan, headers(request, id), engine, heavyWork, counters, record)
        run.start(for: client) { [heavyWork] result in
            guard HeavyWork.isHeavy(bytes: result.state.bytes) else {
                let answer = Answer(service.route, result, requestID: id)
                return done(answer.response, answer.failed)
            }
            heavyWork.run { [route = service.route] in
                Answer(route, result, requestID: id)
            } then: {
                done($0.response, $0.failed)
            }
        }
    }

    private func batch(
        _ service: BatchService, _ route: Route, _ request: Request, _ id: String, _ client: Client,
        _ done: @escaping @LoopActor (Response) -> Void
    ) {
        let batch: BatchRequest
        do throws(BatchError) {
            batch = try BatchRequest(request.body, max: service.route.max)
        } catch {
            return done(Problem(400, error.message, requestID: id).response)
        }
        let started = MonotonicTime.now()
        let timeout = min(service.route.timeout, route.timeout)
        let run = BatchRun(batch, engine, counters)
        run.start(service, timeout: timeout, headers(request, id), for: client) { results in
            done(BatchAnswer(batch, results, elapsed: MonotonicTime.now().since(started), requestID: id).response)
        }
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

extension Answer {
    fileprivate init(_ route: FanOutRoute, _ result: FanOutResult, requestID: String) {
        self.init(
            route, result.state, elapsed: result.elapsed, requestID: requestID, passedBack: result.passedBack)
    }
}
