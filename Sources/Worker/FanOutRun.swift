import FanOut
import HTTPEdge
import Loop
import Processes
import Scoreboard
import Upstream

/// The calls of one request in flight: starts all of them at once, notes how each ends, and answers when the last has.
///
/// Callbacks drive it, and the request's task waits for it once: a child task per call would cost a quarter more.
@LoopActor
final class FanOutRun: TransferOwner {
    private let service: FanOutService
    private let plan: FanOutPlan
    private let engine: TransferEngine
    private let counters: WorkerCounters
    private let started = MonotonicTime.now()
    private var state: FanOutState
    private var transfers: [Transfer?]
    private var waiter: CheckedContinuation<Void, Never>?

    init(_ service: FanOutService, _ plan: FanOutPlan, _ engine: TransferEngine, _ counters: WorkerCounters) {
        self.service = service
        self.plan = plan
        self.engine = engine
        self.counters = counters
        state = FanOutState(calls: plan.calls.count)
        transfers = Array(repeating: nil, count: plan.calls.count)
    }

    /// Makes the calls, and ends them when the client goes away.
    func outcomes(_ headers: HeaderList, for client: Client) async -> (state: FanOutState, elapsed: Duration) {
        client.onGone = { [unowned self] in cancel() }
        await withCheckedContinuation { waiter in
            self.waiter = waiter
            start(headers)
        }
        client.onGone = nil
        return (state, MonotonicTime.now().since(started))
    }

    private func start(_ headers: HeaderList) {
        for (index, call) in plan.calls.enumerated() where waiter != nil {
            counters.callStarted(upstream: service.scoreboardIndices[index])
            transfers[index] = engine.start(
                service.endpoints[index], target: call.target, headers: headers, timeout: call.timeout,
                owner: self, index: index)
            // Out of memory or descriptors for one more call: the others go on.
            if transfers[index] == nil { settle(index, .failure(.overloaded, status: nil)) }
        }
        engine.kick()
    }

    func settled(_ index: Int, _ result: TransferResult) {
        transfers[index] = nil
        switch result {
        case .failure(let failure): settle(index, .failure(failure, status: nil))
        case .response(let status, let body): settle(index, outcome(index, status, body))
        }
    }

    private func outcome(_ index: Int, _ status: Int, _ body: [UInt8]) -> Outcome {
        guard (200...299).contains(status) else { return .failure(.status, status: status) }
        let call = service.route.calls[index]
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
        waiter?.resume()
        waiter = nil
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
