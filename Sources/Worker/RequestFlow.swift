import FanOut
import HTTPEdge
import Loop
import Processes
import Scoreboard
import Upstream

/// The way of a request, whole: route, plan, calls, merge, answer; counted on the scoreboard and written to the log.
@LoopActor
final class RequestFlow: RequestHandler {
    let services: Services
    let engine: TransferEngine
    let counters: WorkerCounters
    private let records: InFlightRecords
    private let log: AccessLog?
    private let heavyWork = HeavyWork()
    private let admission: Admission
    private let recorder: RequestRecorder
    private let tracer: Tracer?
    private var random = SplitMix64(seed: .random(in: .min ... .max))

    init(
        _ services: Services, _ engine: TransferEngine, _ admission: Admission, _ recorder: RequestRecorder,
        _ counters: WorkerCounters, _ records: InFlightRecords, _ log: AccessLog?, _ tracer: Tracer?
    ) {
        self.tracer = tracer
        self.recorder = recorder
        self.admission = admission
        self.records = records
        self.services = services
        self.engine = engine
        self.counters = counters
        self.log = log
    }

    func respond(to request: Request, of client: Client, answer: @escaping @LoopActor (Response) -> Void) {
        counters.requestStarted()
        let mark = mark(request)
        route(request, mark, client) { [self] answered in
            let elapsed = MonotonicTime.now().since(request.received)
            let status = answered.status(of: client)
            // A WebSocket lasts as long as its ends want.
            counters.requestFinished(status: status, latency: status == 101 ? nil : elapsed)
            let trace = mark.recorded
            if trace != nil || log != nil {
                let forwarded = services.proxies.forwardedClient(of: request)
                trace?.ended(
                    request, of: forwarded ?? request.clientAddress, route: answered.route, status: status,
                    elapsed: elapsed)
                log?.append(
                    request, answered, mark, client: forwarded ?? request.client, status: status, elapsed: elapsed)
            }
            if answered.streamedBytes == nil { answer(answered.response) }
        }
    }

    /// Asks itself for a path, or without one for what no route has and no upstream hears of; reports the status.
    ///
    /// It is no client's request: only its calls are counted, and it is not written to the log.
    func probe(_ path: String?, report: @escaping @LoopActor (Int) -> Void) {
        let request = Request(
            method: path == nil ? "PROBE" : "GET", target: path ?? "/", fields: HeaderFields(), body: [],
            client: Self.probeClient, received: .now())
        route(request, RequestMark(id: requestID(request)), Client()) { report($0.response.status) }
    }

    /// No peer has such an address.
    private static let probeClient = "probe"

    typealias Done = @LoopActor (AnsweredRequest) -> Void

    private func route(_ request: Request, _ mark: RequestMark, _ client: Client, _ done: @escaping Done) {
        let id = mark.id
        guard let target = RequestTarget(request.target), request.method != "CONNECT" else {
            return done(AnsweredRequest(response: Self.answer(withoutPath: request, id)))
        }
        if services.hasCORS, let preflight = preflight(request, target, id) { return done(preflight) }
        switch services.table.lookUp(method: request.method, segments: target.segments) {
        case .notFound:
            done(AnsweredRequest(response: Problem(404, "No route has this path.", requestID: id).response))
        case .methodNotAllowed(let allow):
            var response = Problem(405, "This path does not take \(request.method).", requestID: id).response
            response.fields.append("Allow", allow.joined(separator: ", "))
            done(AnsweredRequest(response: response))
        case .found(let index, let captures):
            guard let access = services.routes[index].access, request.client != Self.probeClient else {
                return take(request, index, captures, target, mark, client, done)
            }
            admit(request, access, index, id, client, done) { [self] request, done in
                take(request, index, captures, target, mark, client, done)
            }
        }
    }

    /// A request that its route lets in.
    private func take(
        _ request: Request, _ index: Int, _ captures: [String], _ target: RequestTarget, _ mark: RequestMark,
        _ client: Client, _ done: @escaping Done
    ) {
        let id = mark.id
        let route = services.routes[index]
        if let wait = services.quarantine(of: index) {
            return done(AnsweredRequest(response: Self.quarantined(for: wait, id), route: route))
        }
        if let wait = services.rateLimits.wait(for: request, of: index) {
            counters.requestRateLimited()
            return done(AnsweredRequest(response: RateLimits.refusal(for: wait, requestID: id), route: route))
        }
        let place = records.begin(route: index, requestID: id, at: request.received)
        let done: Done = { [records] answered in
            if let place { records.end(place) }
            done(answered)
        }
        switch services.actions[index] {
        case .respond(let response):
            var response = response
            response.fields.append("X-Request-Id", id)
            done(AnsweredRequest(response: response, route: route))
        case .fanOut(let service):
            let page = Page(
                service: service, index: index, captures: captures, target: target, mark: mark, place: place)
            fanOut(page, request, client, done)
        case .batch(let service):
            batch(service, route, request, mark, client) { done(AnsweredRequest(response: $0, route: route)) }
        case .proxy(let service):
            guard
                let path = service.route.target(of: request, target, captures: captures, requestID: id)
            else {
                let detail = "A value for the path of the upstream is empty or made of dots alone."
                return done(AnsweredRequest(response: Problem(400, detail, requestID: id).response, route: route))
            }
            proxy(service, path, route, request, mark, client, done)
        }
    }

    /// The route's requests were in flight at crash after crash.
    private static func quarantined(for wait: Duration, _ id: String) -> Response {
        Problem(503, "This route is in quarantine.", requestID: id).after(wait).response
    }

    /// A request of a fan-out route.
    private struct Page {
        var service: FanOutService
        /// Of the route.
        var index: Int
        var captures: [String]
        var target: RequestTarget
        var mark: RequestMark
        /// Of its record.
        var place: Int?

        var id: String { mark.id }
    }

    private func fanOut(_ page: Page, _ request: Request, _ client: Client, _ done: @escaping Done) {
        let service = page.service
        let route = services.routes[page.index]
        let plan: FanOutPlan
        do throws(PlanError) {
            plan = try FanOutPlan(
                service.route, captures: page.captures, target: page.target, requestID: page.id,
                request: service.route.usesRequest ? request : nil)
        } catch {
            return done(
                AnsweredRequest(response: Problem(400, error.message, requestID: page.id).response, route: route))
        }
        var sheds = false
        switch admission.decide(on: service) {
        case .whole: break
        case .required: sheds = true
        case .refused(let why):
            counters.requestRefused()
            return done(AnsweredRequest(response: Problem(503, why, requestID: page.id).response, route: route))
        }
        admission.begin()
        let run = FanOutRun(
            service, plan, page.mark.headers(request), engine, heavyWork, counters,
            page.place.map { (records, $0) }, page.mark.recorded, sheds: sheds)
        let streamed = service.route.merge == .stream ? stream(page, request, client) : nil
        run.onSettled = streamed.map { streamed in { streamed.settled($0, $1) } }
        run.start(for: client) { [self] result in
            admission.end(route: page.index, since: request.received, tells: result.tellsOfLoad)
            if let streamed { return finish(streamed, page, request, client, result, done) }
            let answer = { [recorder, log] (answer: Answer) in
                recorder.note(result, page.id, request, route, status: answer.response.status, client)
                let calls = log.map { _ in AnsweredRequest.Calls(service: service, outcomes: result.state.outcomes) }
                done(
                    AnsweredRequest(response: answer.response, route: route, failed: answer.failed, calls: calls))
            }
            guard HeavyWork.isHeavy(bytes: result.state.bytes) else {
                return answer(Answer(service.route, result, requestID: page.id, isTraced: service.isTraced))
            }
            heavyWork.run { [route = service.route, isTraced = service.isTraced] in
                Answer(route, result, requestID: page.id, isTraced: isTraced)
            } then: {
                answer($0)
            }
        }
    }

    private func stream(_ page: Page, _ request: Request, _ client: Client) -> StreamedAnswer {
        let format = StreamedMerge.Format(accept: request.fields.all("accept"))
        let merge = StreamedMerge(page.service.route, as: format)
        return StreamedAnswer(merge, requestID: page.id, to: client, heavyWork)
    }

    private func finish(
        _ streamed: StreamedAnswer, _ page: Page, _ request: Request, _ client: Client, _ result: FanOutResult,
        _ done: @escaping Done
    ) {
        recorder.note(result, page.id, request, services.routes[page.index], status: 200, client)
        let failed = zip(page.service.route.calls, result.state.outcomes).compactMap { call, settled in
            settled.failure.map { (name: call.name, failure: $0) }
        }
        let calls = log.map { _ in AnsweredRequest.Calls(service: page.service, outcomes: result.state.outcomes) }
        streamed.finish(result.state, elapsed: result.elapsed) { [services] bytes in
            done(
                AnsweredRequest(
                    response: Response(status: 200), route: services.routes[page.index], failed: failed,
                    calls: calls, streamedBytes: bytes))
        }
    }

    private func batch(
        _ service: BatchService, _ route: Route, _ request: Request, _ mark: RequestMark,
        _ client: Client, _ done: @escaping @LoopActor (Response) -> Void
    ) {
        let batch: BatchRequest
        do throws(BatchError) {
            batch = try BatchRequest(request.body, max: service.route.max)
        } catch {
            return done(Problem(400, error.message, requestID: mark.id).response)
        }
        let started = MonotonicTime.now()
        let timeout = min(service.route.timeout, route.timeout)
        let run = BatchRun(batch, engine, counters, mark.recorded)
        run.start(service, timeout: timeout, mark.headers(request), for: client) { results in
            done(BatchAnswer(batch, results, elapsed: MonotonicTime.now().since(started), requestID: mark.id).response)
        }
    }

    private func mark(_ request: Request) -> RequestMark {
        let id = requestID(request)
        return RequestMark(id: id, trace: tracer?.begin(request, id: id))
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

extension Client {
    /// What a request counts as: when the client went away nobody got the answer, and nginx counts that so.
    func status(_ status: Int) -> Int { isGone ? 499 : status }
}

extension Answer {
    fileprivate init(_ route: FanOutRoute, _ result: FanOutResult, requestID: String, isTraced: Bool) {
        self.init(
            route, result.state, elapsed: result.elapsed, requestID: requestID, passedBack: result.passedBack,
            trail: isTraced ? result.trail : nil)
    }
}
