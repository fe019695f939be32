import Access
import Base
import FanOut
import HTTP
import HTTPEdge
import Loop
import Processes
import Scoreboard
import Upstream

/// The way of a request, whole: route, plan, calls, merge, answer; counted on the scoreboard and written to the log.
@LoopActor
final class RequestFlow: RequestHandler {
    let services: Services
    let engine: any CallEngine
    let counters: WorkerCounters
    private let records: InFlightRecords
    private let log: AccessLog?
    private let heavyWork = HeavyWork()
    private let admission: Admission
    private let recorder: RequestRecorder
    private let tracer: Tracer?
    /// That of the last body that was merged on the loop, for the next one: malloc(3) keeps no list of blocks of that size.
    private var bodyMemory: [UInt8] = []
    /// Memory of a larger body is not kept.
    private static let keptBytes = 16 << 10
    private var random = SplitMix64(seed: .random(in: .min ... .max))

    init(
        _ services: Services, _ engine: any CallEngine, _ admission: Admission, _ recorder: RequestRecorder,
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

    func respond(to request: Request, of client: Client) {
        counters.requestStarted()
        route(Exchange(request, client, mark(request)))
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
            return finish(exchange, AnsweredRequest(response: Self.answer(withoutPath: request, exchange.id)))
        }
        if services.hasCORS, let preflight = preflight(exchange, target) { return finish(exchange, preflight) }
        switch services.table.lookUp(method: request.method, segments: target.segments) {
        case .notFound: refuse(exchange, 404, "No route has this path.")
        case .methodNotAllowed(let allow):
            var response = Problem(405, "This path does not take \(request.method).", requestID: exchange.id).response
            response.fields.append("Allow", allow.joined(separator: ", "))
            finish(exchange, AnsweredRequest(response: response))
        case .found(let index, let captures):
            exchange.enter(services.routes[index], index)
            guard let access = services.routes[index].access, exchange.probe == nil else {
                return take(exchange, captures, target)
            }
            admit(exchange, access) { [self] refusal in
                guard let refusal else { return take(exchange, captures, target) }
                finish(exchange, AnsweredRequest(response: refusal))
            }
        }
    }

    /// A request that its route lets in.
    private func take(_ exchange: Exchange, _ captures: [String], _ target: RequestTarget) {
        let index = exchange.index
        if let wait = services.quarantine(of: index) {
            return finish(exchange, AnsweredRequest(response: Self.quarantined(for: wait, exchange.id)))
        }
        if let wait = services.rateLimits.wait(for: exchange.request, of: index) {
            counters.count(.rateLimited)
            let refusal = RateLimits.refusal(for: wait, requestID: exchange.id)
            return finish(exchange, AnsweredRequest(response: refusal))
        }
        exchange.place = records.begin(route: index, requestID: exchange.id, at: exchange.request.received)
        switch services.actions[index] {
        case .respond(let response):
            var response = response
            response.fields.append("X-Request-Id", exchange.id)
            finish(exchange, AnsweredRequest(response: response))
        case .fanOut(let service): fanOut(exchange, service, captures, target)
        case .batch(let service): batch(exchange, service)
        case .proxy(let service):
            let path = service.route.target(
                of: exchange.request, target, captures: captures, requestID: exchange.id)
            guard let path else {
                return refuse(exchange, 400, "A value for the path of the upstream is empty or made of dots alone.")
            }
            proxy(exchange, service, path)
        }
    }

    /// The end of the way: an answer is counted, written to the log and given to whoever asked.
    func finish(_ exchange: Exchange, _ answered: AnsweredRequest) {
        if let place = exchange.place { records.end(place) }
        if let report = exchange.probe { return report(answered.response.status) }
        let elapsed = MonotonicTime.now().since(exchange.request.received)
        let status = answered.status(of: exchange.client)
        // A WebSocket lasts as long as its ends want.
        counters.requestFinished(
            status: status, latency: status == 101 ? nil : elapsed,
            route: exchange.route == nil ? nil : services.routeIndices[exchange.index])
        if log != nil || exchange.mark.recorded != nil { tell(exchange, answered, status, elapsed) }
        if answered.streamedBytes == nil { exchange.client.answer(answered.response) }
    }

    private func tell(_ exchange: Exchange, _ answered: AnsweredRequest, _ status: Int, _ elapsed: Duration) {
        let request = exchange.request
        let forwarded = services.proxies.forwardedClient(of: request)
        exchange.mark.recorded?.ended(
            request, of: forwarded ?? request.clientAddress, route: exchange.route, status: status, elapsed: elapsed)
        log?.append(exchange, answered, client: forwarded ?? request.client, status: status, elapsed: elapsed)
    }

    private func refuse(_ exchange: Exchange, _ status: Int, _ detail: String) {
        finish(exchange, AnsweredRequest(response: Problem(status, detail, requestID: exchange.id).response))
    }

    /// The route's requests were in flight at crash after crash.
    private static func quarantined(for wait: Duration, _ id: String) -> Response {
        Problem(503, "This route is in quarantine.", requestID: id).after(wait).response
    }

    // MARK: Fan-out

    private func fanOut(
        _ exchange: Exchange, _ service: FanOutService, _ captures: [String], _ target: RequestTarget
    ) {
        let plan: FanOutPlan
        do throws(PlanError) {
            plan = try FanOutPlan(
                service.route, captures: captures, target: target, requestID: exchange.id,
                request: service.route.usesRequest ? exchange.request : nil)
        } catch {
            return refuse(exchange, 400, error.message)
        }
        var sheds = false
        switch admission.decide(on: service) {
        case .whole: break
        case .required: sheds = true
        case .refused(let why):
            counters.count(.refused)
            return refuse(exchange, 503, why)
        }
        admission.begin()
        let run = FanOutRun(
            service, plan, exchange.mark.headers(exchange.request), engine, heavyWork, counters, records,
            place: exchange.place, exchange.mark.recorded, sheds: sheds)
        let streamed = service.route.mergeTraits.isStreamed ? stream(exchange, service) : nil
        if let streamed { run.onSettled = { streamed.settled($0, $1) } }
        run.start(for: exchange.client) { [self] result in
            admission.end(route: exchange.index, since: exchange.request.received, tells: result.tellsOfLoad)
            if let streamed { return finish(streamed, exchange, service, result) }
            guard HeavyWork.isHeavy(bytes: result.bytes) else {
                return answer(
                    Answer(
                        service.route, result, requestID: exchange.id, isTraced: service.isTraced, in: takeMemory()),
                    exchange, service, result)
            }
            heavyWork.run { [route = service.route, isTraced = service.isTraced, id = exchange.id] in
                Answer(route, result, requestID: id, isTraced: isTraced, in: [])
            } then: { [self] in
                answer($0, exchange, service, result)
            }
        }
    }

    private func answer(
        _ answer: Answer, _ exchange: Exchange, _ service: FanOutService, _ result: FanOutResult
    ) {
        recorder.note(result, exchange, status: answer.response.status)
        let calls = log.map { _ in AnsweredRequest.Calls(service: service, outcomes: result.state.outcomes) }
        finish(exchange, AnsweredRequest(response: answer.response, failed: answer.failed, calls: calls))
        if answer.response.body.capacity <= Self.keptBytes { bodyMemory = answer.response.body }
    }

    /// The memory that is kept, without what stood in it.
    private func takeMemory() -> [UInt8] {
        var memory: [UInt8] = []
        swap(&memory, &bodyMemory)
        memory.removeAll(keepingCapacity: true)
        return memory
    }

    private func stream(_ exchange: Exchange, _ service: FanOutService) -> StreamedAnswer {
        let format = StreamedMerge.Format(accept: exchange.request.fields.all("accept"))
        let merge = StreamedMerge(service.route, as: format)
        return StreamedAnswer(merge, requestID: exchange.id, to: exchange.client, heavyWork)
    }

    private func finish(
        _ streamed: StreamedAnswer, _ exchange: Exchange, _ service: FanOutService, _ result: FanOutResult
    ) {
        recorder.note(result, exchange, status: 200)
        let failed = zip(service.route.calls, result.state.outcomes).compactMap { call, settled in
            settled.failure.map { (name: call.name, failure: $0) }
        }
        let calls = log.map { _ in AnsweredRequest.Calls(service: service, outcomes: result.state.outcomes) }
        streamed.finish(result.state, elapsed: result.elapsed) { [self] bytes in
            finish(
                exchange,
                AnsweredRequest(response: Response(status: 200), failed: failed, calls: calls, streamedBytes: bytes))
        }
    }

    // MARK: Batch

    private func batch(_ exchange: Exchange, _ service: BatchService) {
        let batch: BatchRequest
        do throws(BatchError) {
            batch = try BatchRequest(exchange.request.body, max: service.route.max)
        } catch {
            return refuse(exchange, 400, error.message)
        }
        let started = MonotonicTime.now()
        let run = BatchRun(batch, engine, counters, exchange.mark.recorded)
        run.start(service, exchange.mark.headers(exchange.request), for: exchange.client) {
            [self] results in
            let elapsed = MonotonicTime.now().since(started)
            let answer = BatchAnswer(batch, results, elapsed: elapsed, requestID: exchange.id)
            finish(exchange, AnsweredRequest(response: answer.response))
        }
    }

    // MARK: What joins all that is told of a request

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
    fileprivate init(
        _ route: FanOutRoute, _ result: FanOutResult, requestID: String, isTraced: Bool,
        in memory: consuming [UInt8]
    ) {
        self.init(
            route, result.state, elapsed: result.elapsed, requestID: requestID,
            additions: Additions(passedBack: result.passedBack, trail: isTraced ? result.trail : nil), in: memory)
    }
}
