import Access
import Base
import FanOut
import HTTP
import HTTPEdge
import Loop
import Policy
import Processes
import Upstream

/// A request that one upstream answers: its body and the answer go on as they come, neither faster than it is taken.
@LoopActor
final class ProxyRun: TransferOwner, TransferSink {
    /// What became of it.
    enum End {
        /// The client has the answer, or as much as there was of it.
        case streamed(status: Int, bytes: Int, Failure?)
        /// There was no answer.
        case failed(Failure)
        /// The request's body could not be read.
        case refused(status: Int, detail: String)
    }

    private let service: ProxyService
    private let exchange: Exchange
    private let telemetry: CallTelemetry
    private let engine: any CallEngine
    /// Path and query that the upstream is asked for.
    private let target: [UInt8]
    private var call: RunningCall?
    private var stream: ResponseStream?
    private var trailers: [UInt8] = []
    private var progress: ProxyProgress
    private lazy var timer = LoopTimer { [unowned self] in timerFired() }
    private var waiter = RunWaiter<End>()

    init(
        _ service: ProxyService, _ target: [UInt8], _ exchange: Exchange, _ telemetry: CallTelemetry,
        _ engine: any CallEngine
    ) {
        self.service = service
        self.target = target
        self.exchange = exchange
        self.telemetry = telemetry
        self.engine = engine
        progress = ProxyProgress(
            ProxyProgress.Limits(
                response: service.responseTimeout, idle: service.route.idle, webSocketIdle: service.route.webSocketIdle),
            at: telemetry.started)
    }

    private var client: Client { exchange.client }

    /// Sends the request on.
    func start(_ message: OutgoingMessage, finished: @escaping (End) -> Void) {
        waiter.wait(for: client, left: { [self] in giveUp(.cancelled) }, done: finished)
        telemetry.began(upstream: service.boardIndex)
        timer.set(due(at: telemetry.started))
        var order = CallOrder(
            service.endpoint, target: target, headers: telemetry.headers(ofCall: 0), timeout: ProxyService.longest,
            owner: self)
        order.message = message
        order.sink = self
        call = engine.call(order, at: telemetry.started)
        handOutBody(progress.callIsThere())
    }

    // MARK: The body

    func wantsBody() { handOutBody(progress.wantsBody()) }

    func bodyHasToWait() {
        progress.bodyHasToWait()
        client.body?.pause()
    }

    func hasRoomForBody() {
        progress.hasRoomForBody(at: .now())
        client.body?.resume()
    }

    private func handOutBody(_ step: ProxyProgress.BodyStep) {
        guard let body = client.body else { return }
        switch step {
        case .none: break
        case .resume: body.resume()
        case .begin:
            moved()
            body.start { [unowned self] piece in
                let hasRoom = call?.send(body: piece) ?? true
                progress.bodyMoved(hasRoom: hasRoom, at: .now())
                return hasRoom
            } onEnd: { [unowned self] end in
                switch end {
                case .whole(let trailers):
                    moved()
                    call?.endBody(trailers: ProxyFields.trailers(trailers))
                case .refused(let status, let detail): refuse(status, detail)
                }
            }
        }
    }

    // MARK: The answer

    func informed(status: Int, fields: HeaderFields) {
        client.inform(Response(status: status, fields: ProxyFields.block(of: fields, requestID: nil)))
    }

    func began(status: Int, fields: HeaderFields, length: Int?) {
        let isHead = exchange.request.method == "HEAD"
        let block = ProxyFields.block(
            of: client.extraFields == nil ? fields : fields.withoutCORS, requestID: exchange.id,
            mayHaveTrailers: length == nil && client.takesTrailers)
        var head = Response(status: status, fields: block)
        // What a GET would have had goes along with the answer to HEAD (RFC 9110 section 9.3.2).
        if isHead, let length = fields.all("content-length").first { head.fields.append("Content-Length", length) }
        if status == 101 {
            head.fields.append("Upgrade", "websocket")
            head.fields.append("Connection", "Upgrade")
        }
        let stream = client.stream(head, length: isHead ? nil : length)
        stream.onRoom = { [unowned self] in
            progress.moved(at: .now())
            call?.resume()
        }
        self.stream = stream
        progress.began(status: status)
        moved()
    }

    func received(_ piece: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let stream else { return true }
        progress.received(piece.count, at: .now())
        stream.send(piece)
        return !stream.isFull
    }

    func received(trailers: HeaderFields) { self.trailers = ProxyFields.trailers(trailers) }

    func settled(_ index: Int, _ result: TransferResult) {
        switch result {
        case .response:
            stream?.end(trailers: trailers)
            end(streamed(nil), nil)
        case .failure(let failure): fail(failure)
        }
    }

    // MARK: Time

    private func due(at now: MonotonicTime) -> MonotonicTime {
        progress.due(at: now, clientIsSlow: stream?.isFull ?? false, bodyIsWhole: client.body?.isComplete ?? true)
    }

    private func moved() {
        let now = MonotonicTime.now()
        progress.moved(at: now)
        timer.setEarlier(due(at: now))
    }

    private func timerFired() {
        let now = MonotonicTime.now()
        let due = due(at: now)
        guard now >= due else { return timer.set(due) }
        if progress.waitsForBody(bodyIsWhole: client.body?.isComplete ?? true) {
            return refuse(408, "No more of the body came for \(service.route.idle).")
        }
        giveUp(.timeout)
    }

    // MARK: The end

    private func refuse(_ status: Int, _ detail: String) {
        if let call { engine.cancel(call) }
        guard stream == nil else { return fail(.cancelled) }
        end(.refused(status: status, detail: detail), .cancelled)
    }

    private func giveUp(_ failure: Failure) {
        if let call { engine.cancel(call) }
        fail(failure)
    }

    /// What has begun is cut off, so that nobody takes it for whole.
    private func fail(_ failure: Failure) {
        guard let stream else { return end(.failed(failure), failure) }
        // A WebSocket ends when its client has gone, as well as in any other way.
        if progress.isWebSocket, failure.traits.side == .client { return end(streamed(nil), nil) }
        stream.abort(resets: true)
        end(streamed(failure), failure)
    }

    private func streamed(_ failure: Failure?) -> End {
        .streamed(status: progress.status ?? 0, bytes: progress.bytes, failure)
    }

    private func end(_ end: End, _ failure: Failure?) {
        guard let finished = waiter.end() else { return }
        client.body?.stop()
        timer.cancel()
        let server = call?.server
        call = nil
        let elapsed = MonotonicTime.now().since(telemetry.started)
        telemetry.ended(upstream: service.boardIndex, failure, latency: elapsed)
        telemetry.trace?.ended(
            EndedCall(
                index: 0, name: "proxy", method: exchange.request.method, server: server,
                path: EndedCall.path(of: target), status: progress.status, failure: failure, start: telemetry.started,
                elapsed: elapsed))
        finished(end)
    }
}
