import FanOut
import HTTPEdge
import Loop
import Processes
import Scoreboard
import Upstream

/// A request that one upstream answers: its answer goes on to the client as it comes, no faster than that takes it.
@LoopActor
final class ProxyRun: TransferOwner, TransferSink {
    /// What became of it.
    enum End {
        /// The client has it, or as much as there was of it.
        case streamed(status: Int, bytes: Int, Failure?)
        /// There was no answer.
        case failed(Failure)
    }

    private let service: ProxyService
    private let engine: TransferEngine
    private let counters: WorkerCounters
    private let client: Client
    private let requestID: String
    private let isHead: Bool
    private let started = MonotonicTime.now()
    private var call: RunningCall?
    private var stream: ResponseStream?
    private var status = 0
    private var bytes = 0
    private var lastPiece = MonotonicTime(nanoseconds: 0)
    /// Until the answer begins, and for its pauses from then on.
    private lazy var timer = LoopTimer { [unowned self] in timerFired() }
    /// Set while it runs; it also keeps this value alive.
    private var finished: ((End) -> Void)?

    init(
        _ service: ProxyService, _ engine: TransferEngine, _ counters: WorkerCounters, _ request: Request,
        requestID: String, for client: Client
    ) {
        self.service = service
        self.engine = engine
        self.counters = counters
        self.client = client
        self.requestID = requestID
        isHead = request.method == "HEAD"
    }

    /// Sends the request on; the answer has so long to begin.
    func start(
        _ target: [UInt8], _ message: OutgoingMessage, _ headers: HeaderList, timeout: Duration,
        finished: @escaping (End) -> Void
    ) {
        self.finished = finished
        client.onGone = { [self] in giveUp(.cancelled) }
        counters.callStarted(upstream: service.scoreboardIndex)
        timer.set(started + timeout)
        call = engine.call(
            service.endpoint, target: target, headers: headers, message: message, timeout: ProxyService.longest,
            at: started, owner: self, index: 0, sink: self)
    }

    // MARK: The answer

    func began(status: Int, fields: HeaderFields, length: Int?) {
        self.status = status
        var head = Response(status: status, fields: ProxyFields.block(of: fields, requestID: requestID))
        // What a GET would have had goes along with the answer to HEAD (RFC 9110 section 9.3.2).
        if isHead, let length = fields.all("content-length").first { head.fields.append("Content-Length", length) }
        let stream = client.stream(head, length: isHead ? nil : length)
        stream.onRoom = { [unowned self] in resume() }
        self.stream = stream
        lastPiece = .now()
        timer.set(lastPiece + service.route.idle)
    }

    func received(_ piece: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let stream else { return true }
        bytes += piece.count
        lastPiece = .now()
        stream.send(Array(piece))
        return !stream.isFull
    }

    private func resume() {
        lastPiece = .now()
        call?.resume()
    }

    func settled(_ index: Int, _ result: TransferResult) {
        switch result {
        case .response:
            stream?.end()
            end(.streamed(status: status, bytes: bytes, nil))
        case .failure(let failure): fail(failure)
        }
    }

    // MARK: The end

    private func timerFired() {
        guard let stream else { return giveUp(.timeout) }
        // While the client is slow, its connection watches the time.
        let end = (stream.isFull ? .now() : lastPiece) + service.route.idle
        if MonotonicTime.now() >= end { giveUp(.timeout) } else { timer.set(end) }
    }

    private func giveUp(_ failure: Failure) {
        if let call { engine.cancel(call) }
        fail(failure)
    }

    /// What has begun is cut off, so that nobody takes it for whole.
    private func fail(_ failure: Failure) {
        guard let stream else { return end(.failed(failure)) }
        stream.abort()
        end(.streamed(status: status, bytes: bytes, failure))
    }

    private func end(_ end: End) {
        guard let finished else { return }
        self.finished = nil
        client.onGone = nil
        timer.cancel()
        call = nil
        let failure: Failure? =
            switch end {
            case .streamed(_, _, let failure): failure
            case .failed(let failure): failure
            }
        counters.callFinished(
            upstream: service.scoreboardIndex, failure: failure, latency: MonotonicTime.now().since(started))
        finished(end)
    }
}

/// A proxy route with what the worker made of it at start.
@LoopActor
final class ProxyService {
    /// The time of a call that its run watches itself.
    static let longest = Duration.seconds(86_400)

    let route: ProxyRoute
    let endpoint: Endpoint
    /// Where the scoreboard counts its upstream.
    let scoreboardIndex: Int?

    init(_ route: ProxyRoute, _ upstream: UpstreamServers, scoreboardIndex: Int?) {
        self.route = route
        self.scoreboardIndex = scoreboardIndex
        // The client's own fields go along, also these.
        var settings = TransferSettings(bodyLimit: .max, userAgent: "")
        settings.sendsAccept = false
        settings.collectsFields = true
        endpoint = Endpoint(upstream, settings)
    }
}
