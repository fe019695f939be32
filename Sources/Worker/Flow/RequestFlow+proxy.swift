import FanOut
import HTTP
import HTTPEdge
import Loop
import Policy
import Upstream

/// The way of a request whose route is a proxy.
extension RequestFlow {
    /// Bodies go on as they come where the route is a proxy; all others are read whole first.
    func bodyReading(of head: RequestHead) -> BodyReading {
        guard services.hasProxies, let target = RequestTarget(head.target),
            case .found(let index, _) = services.table.lookUp(method: head.method, segments: target.segments),
            case .proxy(let service) = services.actions[index]
        else { return .whole }
        guard head.asksForWebSocket else { return .streamed(limit: service.route.maxBody) }
        return service.route.webSocketIdle == nil ? .whole : .untilClose
    }

    func proxy(_ exchange: Exchange, _ service: ProxyService, _ target: [UInt8]) {
        let (request, client, mark) = (exchange.request, exchange.client, exchange.mark)
        let run = ProxyRun(service, engine, counters, request, mark, for: client)
        let message = ProxyFields.message(for: request, service.route.host, streamed: client.body?.framing)
        run.start(target, message, mark.headers(request)) { [self] end in
            var answered = AnsweredRequest(response: Response(status: 500))
            func fail(_ failure: Failure) { answered.failed = [(name: "proxy", failure: failure)] }
            switch end {
            case .streamed(let status, let bytes, let failure):
                answered.response = Response(status: status)
                answered.streamedBytes = bytes
                if let failure { fail(failure) }
            case .failed(let failure):
                answered.response = Problem(proxyFailure: failure, requestID: mark.id).response
                fail(failure)
            case .refused(let status, let detail):
                answered.response = Problem(status, detail, requestID: mark.id).response
            }
            finish(exchange, answered)
        }
    }
}
