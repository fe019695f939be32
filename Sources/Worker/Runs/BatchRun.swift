import Base
import FanOut
import HTTP
import HTTPEdge
import Loop
import Policy
import Processes
import Upstream

/// The URLs of one batch in flight: all at once, and an answer when the last has ended.
@LoopActor
final class BatchRun: TransferOwner {
    /// One URL of the batch.
    private struct Fetch {
        /// Nil before it is made and once it has ended.
        var call: RunningCall?
        var result: BatchResult?
    }

    private let service: BatchService
    private let batch: BatchRequest
    private let telemetry: CallTelemetry
    private let engine: any CallEngine
    private var fetches: [Fetch]
    private var open: Int
    private var waiter = RunWaiter<[BatchResult]>()

    init(_ service: BatchService, _ batch: BatchRequest, _ telemetry: CallTelemetry, _ engine: any CallEngine) {
        self.service = service
        self.batch = batch
        self.telemetry = telemetry
        self.engine = engine
        fetches = Array(repeating: Fetch(), count: batch.items.count)
        open = batch.items.count
    }

    /// Fetches the URLs, ends that when the client goes away, and says what became of each, in the order asked.
    func start(for client: Client, finished: @escaping ([BatchResult]) -> Void) {
        waiter.wait(for: client, left: { [self] in cancel() }, done: finished)
        for (index, item) in batch.items.enumerated() {
            telemetry.began(upstream: nil)
            guard let url = item.url else {
                settle(index, .failure("invalid_url"), .protocol)
                continue
            }
            guard service.route.allows(url) else {
                settle(index, .failure(Failure.forbidden.name), .forbidden)
                continue
            }
            var order = CallOrder(
                service.endpoint, target: [], headers: telemetry.headers(ofCall: index), timeout: service.timeout,
                owner: self, index: index)
            order.url = url
            fetches[index].call = engine.call(order, at: telemetry.started)
        }
        if open == 0 { finish() }
    }

    func settled(_ index: Int, _ result: TransferResult) {
        fetches[index].call = nil
        switch result {
        case .failure(let failure): settle(index, .failure(failure.name), failure)
        case .response(let status, let body, _):
            settle(index, .response(status: status, body: body), (200...299).contains(status) ? nil : .status)
        }
        if open == 0 { finish() }
    }

    private func settle(_ index: Int, _ outcome: BatchResult.Outcome, _ failure: Failure?) {
        let result = BatchResult(outcome, elapsed: MonotonicTime.now().since(telemetry.started))
        telemetry.ended(upstream: nil, failure, latency: result.elapsed)
        fetches[index].result = result
        open -= 1
        guard let trace = telemetry.trace, let url = batch.items[index].url else { return }
        let status: Int? = if case .response(let status, _) = outcome { status } else { nil }
        trace.ended(
            EndedCall(
                index: index, method: "GET", server: url.origin, path: url.path, status: status, failure: failure,
                start: telemetry.started, elapsed: result.elapsed))
    }

    private func cancel() {
        for index in fetches.indices {
            guard let call = fetches[index].call else { continue }
            engine.cancel(call)
            fetches[index].call = nil
            settle(index, .failure(Failure.cancelled.name), .cancelled)
        }
        finish()
    }

    private func finish() { waiter.end()?(fetches.compactMap(\.result)) }
}
