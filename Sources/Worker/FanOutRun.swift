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
    private let heavyWork: HeavyWork
    private let counters: WorkerCounters
    private let started = MonotonicTime.now()
    private var state: FanOutState
    private var transfers: [Transfer?]
    /// Set while it runs; it also keeps this value alive.
    private var finished: ((FanOutState, Duration) -> Void)?
    private var client: Client?

    init(
        _ service: FanOutService, _ plan: FanOutPlan, _ engine: TransferEngine, _ heavyWork: HeavyWork,
        _ counters: WorkerCounters
    ) {
        self.service = service
        self.plan = plan
        self.engine = engine
        self.heavyWork = heavyWork
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
        case .response(let status, let body): take(index, status, body)
        }
    }

    private func take(_ index: Int, _ status: Int, _ body: [UInt8]) {
        let call = service.route.calls[index]
        guard call.expectedStatus.contains(status) else { return settle(index, .failure(.status, status: status)) }
        let needsObject = service.route.merge == .object
        heavyWork.run(bytes: body.count) { [accepts = call.accepts] in
            Part(body, as: accepts, needsObject: needsObject)
        } then: { [self] part in
            settle(
                index,
                part.map { .success(status: status, part: $0) } ?? .failure(.invalidJSON, status: status))
        }
    }

    private func settle(_ index: Int, _ outcome: Outcome) {
        // Cancelled while its body was looked at.
        guard state.isOpen(index) else { return }
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
        for index in transfers.indices where state.isOpen(index) {
            if let transfer = transfers[index] { engine.cancel(transfer) }
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
