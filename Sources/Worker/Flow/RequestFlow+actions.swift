import Base
import FanOut
import HTTP
import HTTPEdge
import Loop
import Policy
import Processes
import Scoreboard
import Upstream

/// What routes do: the calls of a request, and the answer that is made of how they ended.
extension RequestFlow {
    // MARK: Fan-out

    func fanOut(_ exchange: Exchange, _ service: FanOutService, _ captures: [String], _ target: RequestTarget) {
        let plan: FanOutPlan
        do throws(PlanError) {
            plan = try FanOutPlan(
                service.route, captures: captures, target: target, requestID: exchange.id,
                request: service.route.usesRequest ? exchange.request : nil)
        } catch {
            return refuse(exchange, 400, error.message)
        }
        let now = MonotonicTime.now()
        var sheds = false
        switch admission.decide(on: service, at: now) {
        case .whole: break
        case .required: sheds = true
        case .refused(let why):
            telemetry.counters.count(.refused)
            return refuse(exchange, 503, why)
        }
        admission.begin()
        let run = FanOutRun(service, plan, telemetry.calls(of: exchange, at: now), engine, heavyWork, sheds: sheds)
        let streamed = service.route.mergeTraits.isStreamed ? stream(exchange, service) : nil
        if let streamed { run.onSettled = { streamed.settled($0, $1) } }
        run.start(for: exchange.client) { [self] result in
            admission.end(
                route: exchange.service?.index ?? 0,
                latency: result.tellsOfLoad ? result.ended.since(exchange.request.received) : nil, at: result.ended)
            if let streamed { return finish(streamed, exchange, service, result) }
            guard HeavyWork.isHeavy(bytes: result.bytes) else {
                return answer(
                    Answer(
                        service.route, result, requestID: exchange.id, isTraced: service.isTraced,
                        in: bodyMemory.take()),
                    exchange, service, result)
            }
            heavyWork.run { [route = service.route, isTraced = service.isTraced, id = exchange.id] in
                Answer(route, result, requestID: id, isTraced: isTraced, in: [])
            } then: { [self] in
                answer($0, exchange, service, result)
            }
        }
    }

    private func answer(_ answer: Answer, _ exchange: Exchange, _ service: FanOutService, _ result: FanOutResult) {
        telemetry.record(result, exchange, status: answer.response.status)
        finish(
            exchange,
            AnsweredRequest(response: answer.response, failed: answer.failed, calls: calls(service, result)))
        bodyMemory.keep(answer.response.body)
    }

    private func stream(_ exchange: Exchange, _ service: FanOutService) -> StreamedAnswer {
        let format = StreamedMerge.Format(accept: exchange.request.fields.all("accept"))
        let merge = StreamedMerge(service.route, as: format)
        return StreamedAnswer(merge, requestID: exchange.id, to: exchange.client, heavyWork)
    }

    private func finish(
        _ streamed: StreamedAnswer, _ exchange: Exchange, _ service: FanOutService, _ result: FanOutResult
    ) {
        telemetry.record(result, exchange, status: 200)
        let failed = zip(service.route.calls, result.state.outcomes).compactMap { call, settled in
            settled.failure.map { (name: call.name, failure: $0) }
        }
        streamed.finish(result.state, elapsed: result.elapsed) { [self] bytes in
            finish(
                exchange,
                AnsweredRequest(
                    response: Response(status: 200), failed: failed, calls: calls(service, result),
                    streamedBytes: bytes))
        }
    }

    /// How the calls ended, where somebody wants to know.
    private func calls(_ service: FanOutService, _ result: FanOutResult) -> AnsweredRequest.Calls? {
        guard telemetry.tellsOfCalls else { return nil }
        return AnsweredRequest.Calls(service: service, outcomes: result.state.outcomes)
    }

    // MARK: Batch

    func batch(_ exchange: Exchange, _ service: BatchService) {
        let batch: BatchRequest
        do throws(BatchError) {
            batch = try BatchRequest(exchange.request.body, max: service.route.max)
        } catch {
            return refuse(exchange, 400, error.message)
        }
        let started = MonotonicTime.now()
        let run = BatchRun(service, batch, telemetry.calls(of: exchange, at: started), engine)
        run.start(for: exchange.client) { [self] results in
            let elapsed = MonotonicTime.now().since(started)
            let answer = BatchAnswer(batch, results, elapsed: elapsed, requestID: exchange.id)
            finish(exchange, AnsweredRequest(response: answer.response))
        }
    }

    // MARK: Proxy

    func proxy(_ exchange: Exchange, _ service: ProxyService, _ captures: [String], _ target: RequestTarget) {
        let request = exchange.request
        guard let path = service.route.target(of: request, target, captures: captures, requestID: exchange.id) else {
            return refuse(exchange, 400, "A value for the path of the upstream is empty or made of dots alone.")
        }
        let message = ProxyFields.message(for: request, service.route.host, streamed: exchange.client.body?.framing)
        let run = ProxyRun(service, path, exchange, telemetry.calls(of: exchange, at: .now()), engine)
        run.start(message) { [self] end in
            var answered = AnsweredRequest(response: Response(status: 500))
            func fail(_ failure: Failure) { answered.failed = [(name: "proxy", failure: failure)] }
            switch end {
            case .streamed(let status, let bytes, let failure):
                answered.response = Response(status: status)
                answered.streamedBytes = bytes
                if let failure { fail(failure) }
            case .failed(let failure):
                answered.response = Problem(proxyFailure: failure, requestID: exchange.id).response
                fail(failure)
            case .refused(let status, let detail):
                answered.response = Problem(status, detail, requestID: exchange.id).response
            }
            finish(exchange, answered)
        }
    }
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
