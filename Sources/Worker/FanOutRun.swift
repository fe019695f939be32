import FanOut
import HTTPEdge
import Loop
import Processes
import Scoreboard
import Upstream

/// The calls of one request in flight: starts all of them at once, notes how each ends, and answers when the last has.
///
/// Callbacks drive it: a child task per call would cost a quarter more.
@LoopActor
final class FanOutRun: TransferOwner {
    private let service: FanOutService
    private let plan: FanOutPlan
    private let engine: TransferEngine
    private let counters: WorkerCounters
    private let started = MonotonicTime.now()
    private var state: FanOutState
    private var transfers: [Transfer?]
    /// Set while it runs; it also keeps this value alive.
    private var finished: ((FanOutState, Duration) -> Void)?
    private var client: Client?

    init(_ service: FanOutService, _ plan: FanOutPlan, _ engine: TransferEngine, _ counters: WorkerCounters) {
        self.service = service
        self.plan = plan
        self.engine = engine
        self.counters = counters
        state = FanOutState(calls: plan.calls.count)
        transfers = Array(repeating: nil, count: plan.calls.count)
    }

    /// Makes the calls, ends them when the client goes away, and says how they ended and how long all took.
    func start(_ headers: HeaderList, for client: Client, finished: @escaping (FanOutState, Duration) -> Void) {
        self.finished = finished
        self.client = client
        client.onGone = { [self] in cancel() }
        for (index, call) in plan.calls.enumerated() {
            counters.callStarted(upstream: service.scoreboardIndices[index])
            transfers[index] = engine.start(
                service.endpoints[index], target: call.target, headers: headers, timeout: call.timeout,
                owner: self, index: index)
        }
    }

    func settled(_ index: Int, _ result: TransferResult) {
        transfers[index] = nil
        switch result {
        case .failure(let failure): settle(index, .failure(failure, status: nil))
        case .response(let status, let body): settle(index, outcome(index, status, body))
        }
    }

    private func outcome(_ index: Int, _ status: Int, _ body: [UInt8]) -> Outcome {
        let call = service.route.calls[index]
        guard call.expectedStatus.contains(status) else { return .failure(.status, status: status) }
        guard let part = Part(body, as: call.accepts, needsObject: service.route.merge == .object) else {
            return .failure(.invalidJSON, status: status)
        }
        return .success(status: status, part: part)
    }

    private func settle(_ index: Int, _ outcome: Outcome) {
        let settled = Settled(outcome, elapsed: MonotonicTime.now().since(started))
        counters.callFinished(
            upstream: service.scoreboardIndices[index], failure: settled.failure, latency: settled.elapsed)
        let call = service.route.calls[index]
        // A fallback stands in for a failed call, so its failure decides nothing.
        switch state.settle(index, settled, isRequired: call.isRequired && call.fallback == nil) {
        case .wait: break
        case .finish: finish()
        }
    }

    private func finish() {
        let finished = self.finished
        self.finished = nil
        client?.onGone = nil
        finished?(state, MonotonicTime.now().since(started))
    }

    private func cancel() {
        for index in transfers.indices {
            guard let transfer = transfers[index] else { continue }
            engine.cancel(transfer)
            transfers[index] = nil
            settle(index, .failure(.cancelled, status: nil))
        }
    }
}

/// A fan-out route with what the worker made of it at start.
@LoopActor
struct FanOutService {
    let route: FanOutRoute
    /// By call.
    let endpoints: [Endpoint]
    /// By call: where the scoreboard counts its upstream.
    let scoreboardIndices: [Int?]
}
