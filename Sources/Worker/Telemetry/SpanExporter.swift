import Base
import Configuration
import HTTP
import Loop
import Policy
import Processes
import Scoreboard
import Telemetry
import Upstream

/// Posts spans to a collector in batches, one at a time, through the engine that all calls go through.
///
/// It keeps a bounded number of them, and drops and counts what is beyond: no request waits for a collector.
@LoopActor
final class SpanExporter: TransferOwner {
    /// From a span to the request that exports it, at most.
    private static let interval = Duration.seconds(1)
    private static let timeout = Duration.seconds(10)
    /// Spans that make a batch before its time.
    private static let batch = 512
    /// Spans that wait beside the batch that is on its way, and their bytes.
    private static let limit = (spans: 2_048, bytes: 2 << 20)
    /// Of one batch; it is lost then.
    private static let attempts = 3
    /// How long the end of the process waits for the last batch.
    private static let lastWait = Duration.seconds(1)

    /// Encoded spans.
    private struct Batch {
        var bytes: [UInt8] = []
        var count = 0
        var attempts = 0
    }

    private let encoding: SpanEncoding
    private let endpoint: Endpoint
    private let settings: TracingSettings
    private let engine: any CallEngine
    private let counters: WorkerCounters
    /// Read again for each batch: the wall clock may be set.
    private(set) var clock = SpanClock()
    private var waiting = Batch()
    private var sending: Batch?
    private var isOnItsWay = false
    private lazy var timer = LoopTimer { [unowned self] in send() }
    private var failsSince: MonotonicTime?
    private var finished: (@LoopActor () -> Void)?

    init(_ settings: TracingSettings, _ engine: any CallEngine, _ counters: WorkerCounters, slot: Int) {
        self.engine = engine
        self.counters = counters
        self.settings = settings
        encoding = SpanEncoding(
            resource: [
                ("service.name", .text(settings.service)), ("service.version", .text(Version.text)),
                ("service.instance.id", .text("worker-\(slot)")),
            ], scope: "gatewayd", version: Version.text)
        var upstream = UpstreamSettings()
        upstream.keepalive.connections = 1
        let server = Server(
            isSecure: settings.endpoint.scheme == .https, host: settings.endpoint.host, port: settings.endpoint.port,
            authority: settings.endpoint.authority, base: settings.endpoint.basePath)
        endpoint = Endpoint(
            UpstreamServers([server], upstream),
            TransferSettings(bodyLimit: 64 << 10, userAgent: UserAgent.text))
    }

    func add(_ span: Span) {
        guard waiting.count < Self.limit.spans, waiting.bytes.count < Self.limit.bytes else {
            return counters.count(.dropped, 1)
        }
        SpanEncoding.append(span, to: &waiting.bytes)
        waiting.count += 1
        if waiting.count >= Self.batch, sending == nil {
            send()
        } else {
            timer.setEarlier(.now() + Self.interval)
        }
    }

    private func send() {
        guard !isOnItsWay else { return }
        if sending == nil, waiting.count > 0 {
            sending = waiting
            waiting = Batch()
        }
        guard var batch = sending else { return }
        batch.attempts += 1
        sending = batch
        var message = OutgoingMessage(method: "POST", body: encoding.body(batch.bytes))
            .with("Content-Type", "application/x-protobuf")
        for field in settings.headers { message = message.with(field.name, field.value) }
        isOnItsWay = true
        clock = SpanClock()
        var order = CallOrder(endpoint, target: [], timeout: Self.timeout, owner: self)
        order.message = message
        _ = engine.call(order, at: .now())
    }

    func settled(_ index: Int, _ result: TransferResult) {
        isOnItsWay = false
        guard let batch = sending else { return }
        switch result {
        case .response(200...299, _, _):
            counters.count(.exported, batch.count)
            failsSince = nil
            sending = nil
        case .response(let status, _, _):
            // Those that may be tried again (OTLP specification, "Failures").
            failed(batch, because: "status \(status)", mayRepeat: [429, 502, 503, 504].contains(status))
        case .failure(let failure):
            failed(batch, because: failure.name, mayRepeat: true)
        }
        goOn()
    }

    private func failed(_ batch: Batch, because reason: String, mayRepeat: Bool) {
        if failsSince == nil {
            failsSince = .now()
            WorkerLog.write("trace_export_failed", .warning) { line in
                line.add("endpoint", settings.endpoint.text)
                line.add("message", reason)
            }
        }
        guard !mayRepeat || batch.attempts >= Self.attempts || finished != nil else { return }
        counters.count(.dropped, batch.count)
        sending = nil
    }

    private func goOn() {
        if sending == nil, waiting.count == 0 {
            finished?()
            finished = nil
        } else if finished != nil || (waiting.count >= Self.batch && sending == nil) {
            send()
        } else {
            timer.setEarlier(.now() + Self.interval)
        }
    }

    /// Sends what is left and calls back, after a while in any case.
    func finish(_ done: @escaping @LoopActor () -> Void) {
        guard sending != nil || waiting.count > 0 else { return done() }
        finished = done
        LoopTimer.once(at: .now() + Self.lastWait) { [self] in
            guard finished != nil else { return }
            counters.count(.dropped, waiting.count + (sending?.count ?? 0))
            finished = nil
            done()
        }
        send()
    }
}
