import Access
import Base
import FanOut
import HTTP
import HTTPEdge
import Loop
import Policy
import Processes
import Scoreboard
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
    private let engine: any CallEngine
    private let counters: WorkerCounters
    private let client: Client
    private let mark: RequestMark
    private let method: String
    private var path = ""
    private let isHead: Bool
    private let responseTimeout: Duration
    private let started = MonotonicTime.now()
    private var call: RunningCall?
    private var stream: ResponseStream?
    private var status = 0
    private var bytes = 0
    private var trailers: [UInt8] = []
    /// The body is wanted, and handed out once there is a call to give it to.
    private var isBodyWanted = false
    private var isBodyBegun = false
    private var isBodyWaiting = false
    /// When the last piece came, either way, or what came before that.
    private var lastMoved: MonotonicTime
    private lazy var timer = LoopTimer { [unowned self] in timerFired() }
    /// Set while it runs; it also keeps this value alive.
    private var finished: ((End) -> Void)?

    init(
        _ service: ProxyService, _ engine: any CallEngine, _ counters: WorkerCounters, _ request: Request,
        _ mark: RequestMark, for client: Client
    ) {
        self.service = service
        self.engine = engine
        self.counters = counters
        self.client = client
        self.mark = mark
        method = request.method
        isHead = request.method == "HEAD"
        responseTimeout = service.responseTimeout
        lastMoved = started
    }

    /// Sends the request on.
    func start(
        _ target: [UInt8], _ message: OutgoingMessage, _ headers: HeaderList, finished: @escaping (End) -> Void
    ) {
        self.finished = finished
        client.onGone = { [self] in giveUp(.cancelled) }
        counters.callStarted(upstream: service.scoreboardIndex)
        timer.set(due)
        if mark.recorded != nil {
            path = String(decoding: target.prefix { $0 != UInt8(ascii: "?") }, as: UTF8.self)
        }
        var order = CallOrder(
            service.endpoint, target: target, headers: mark.recorded?.headers(ofCall: 0) ?? headers,
            timeout: ProxyService.longest, owner: self)
        order.message = message
        order.sink = self
        call = engine.call(order, at: started)
        if isBodyWanted { beginBody() }
    }

    // MARK: The body

    func wantsBody() {
        isBodyWanted = true
        if call != nil { beginBody() }
    }

    func bodyHasToWait() {
        isBodyWanted = false
        client.body?.pause()
    }

    private func beginBody() {
        guard let body = client.body else { return }
        guard !isBodyBegun else { return body.resume() }
        isBodyBegun = true
        moved()
        body.start { [unowned self] piece in
            lastMoved = .now()
            isBodyWaiting = call.map { !$0.send(body: piece) } ?? false
            return !isBodyWaiting
        } onEnd: { [unowned self] end in
            switch end {
            case .whole(let trailers):
                moved()
                call?.endBody(trailers: ProxyFields.trailers(trailers))
            case .refused(let status, let detail): refuse(status, detail)
            }
        }
    }

    func hasRoomForBody() {
        isBodyWaiting = false
        lastMoved = .now()
        client.body?.resume()
    }

    // MARK: The answer

    func informed(status: Int, fields: HeaderFields) {
        client.inform(Response(status: status, fields: ProxyFields.block(of: fields, requestID: nil)))
    }

    func began(status: Int, fields: HeaderFields, length: Int?) {
        self.status = status
        let block = ProxyFields.block(
            of: client.extraFields == nil ? fields : fields.withoutCORS, requestID: mark.id,
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
            lastMoved = .now()
            call?.resume()
        }
        self.stream = stream
        moved()
    }

    func received(_ piece: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let stream else { return true }
        bytes += piece.count
        lastMoved = .now()
        stream.send(piece)
        return !stream.isFull
    }

    func received(trailers: HeaderFields) { self.trailers = ProxyFields.trailers(trailers) }

    func settled(_ index: Int, _ result: TransferResult) {
        switch result {
        case .response:
            stream?.end(trailers: trailers)
            end(.streamed(status: status, bytes: bytes, nil), nil)
        case .failure(let failure): fail(failure)
        }
    }

    // MARK: Time

    /// When it is given up, unless something moves before.
    private var due: MonotonicTime {
        if let stream {
            let idle = status == 101 ? service.route.webSocketIdle ?? service.route.idle : service.route.idle
            // While the client is slow, its connection watches the time.
            return (stream.isFull ? .now() : lastMoved) + idle
        }
        return lastMoved + (isBodyDue ? service.route.idle : responseTimeout)
    }

    /// Whether the client's body is on its way.
    private var isBodyDue: Bool { isBodyBegun && client.body?.isComplete == false }

    private func moved() {
        lastMoved = .now()
        timer.setEarlier(due)
    }

    private func timerFired() {
        let due = self.due
        guard MonotonicTime.now() >= due else { return timer.set(due) }
        if stream == nil, isBodyDue, !isBodyWaiting {
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
        if status == 101, failure.traits.side == .client {
            return end(.streamed(status: status, bytes: bytes, nil), nil)
        }
        stream.abort(resets: true)
        end(.streamed(status: status, bytes: bytes, failure), failure)
    }

    private func end(_ end: End, _ failure: Failure?) {
        guard let finished else { return }
        self.finished = nil
        client.onGone = nil
        client.body?.stop()
        timer.cancel()
        let server = call?.server
        call = nil
        counters.callFinished(
            upstream: service.scoreboardIndex, failure: failure, latency: MonotonicTime.now().since(started))
        if let trace = mark.recorded {
            trace.ended(
                RequestTrace.Call(index: 0, name: "proxy", method: method, server: server, path: path),
                status: status > 0 ? status : nil, failure: failure, start: started,
                elapsed: MonotonicTime.now().since(started))
        }
        finished(end)
    }
}
