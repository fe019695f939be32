import Base
import FanOut
import HTTP
import HTTPEdge
import Loop
import Policy
import Processes
import Scoreboard
import Upstream

/// A batch route as the worker runs it.
@LoopActor
struct BatchService {
    let route: BatchRoute
    /// Of each URL.
    let timeout: Duration
    /// For URLs of any server.
    let endpoint: Endpoint
}

/// The URLs of one batch in flight: all at once, and an answer when the last has ended.
@LoopActor
final class BatchRun: TransferOwner {
    private let batch: BatchRequest
    private let engine: any CallEngine
    private let counters: WorkerCounters
    private let trace: RequestTrace?
    private let started = MonotonicTime.now()
    private var calls: [RunningCall?]
    private var results: [BatchResult?]
    private var open: Int
    /// Set while it runs; it also keeps this value alive.
    private var finished: (([BatchResult]) -> Void)?
    private var client: Client?

    init(_ batch: BatchRequest, _ engine: any CallEngine, _ counters: WorkerCounters, _ trace: RequestTrace?) {
        self.trace = trace
        self.batch = batch
        self.engine = engine
        self.counters = counters
        calls = Array(repeating: nil, count: batch.items.count)
        results = Array(repeating: nil, count: batch.items.count)
        open = batch.items.count
    }

    /// Fetches the URLs, ends that when the client goes away, and says what became of each, in the order asked.
    func start(
        _ service: BatchService, _ headers: HeaderList, for client: Client,
        finished: @escaping ([BatchResult]) -> Void
    ) {
        self.finished = finished
        self.client = client
        client.onGone = { [self] in cancel() }
        for (index, item) in batch.items.enumerated() {
            counters.callStarted(upstream: nil)
            guard let url = item.url else {
                settle(index, .failure("invalid_url"), .protocol)
                continue
            }
            guard service.route.allows(url) else {
                settle(index, .failure(Failure.forbidden.name), .forbidden)
                continue
            }
            var order = CallOrder(
                service.endpoint, target: [], headers: trace?.headers(ofCall: index) ?? headers,
                timeout: service.timeout, owner: self, index: index)
            order.url = url
            calls[index] = engine.call(order, at: started)
        }
        if open == 0 { finish() }
    }

    func settled(_ index: Int, _ result: TransferResult) {
        calls[index] = nil
        switch result {
        case .failure(let failure): settle(index, .failure(failure.name), failure)
        case .response(let status, let body, _):
            settle(index, .response(status: status, body: body), (200...299).contains(status) ? nil : .status)
        }
        if open == 0 { finish() }
    }

    private func settle(_ index: Int, _ outcome: BatchResult.Outcome, _ failure: Failure?) {
        let result = BatchResult(outcome, elapsed: MonotonicTime.now().since(started))
        counters.callFinished(upstream: nil, failure: failure, latency: result.elapsed)
        results[index] = result
        open -= 1
        guard let trace, let url = batch.items[index].url else { return }
        let status: Int? = if case .response(let status, _) = outcome { status } else { nil }
        trace.ended(
            RequestTrace.Call(index: index, method: "GET", server: url.origin, path: url.path), status: status,
            failure: failure, start: started, elapsed: result.elapsed)
    }

    private func finish() {
        let finished = self.finished
        self.finished = nil
        client?.onGone = nil
        finished?(results.compactMap { $0 })
    }

    private func cancel() {
        for index in calls.indices {
            guard let call = calls[index] else { continue }
            engine.cancel(call)
            calls[index] = nil
            settle(index, .failure(Failure.cancelled.name), .cancelled)
        }
        finish()
    }
}
