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
    /// Where the request is noted down, for the report if this process dies.
    private let record: (records: InFlightRecords, place: Int)?
    /// A bit for each of the first 64 calls that is not settled.
    private var openCalls: UInt64
    private var state: FanOutState
    private var transfers: [Transfer?]
    /// Set while it runs; it also keeps this value alive.
    private var finished: ((FanOutState, Duration) -> Void)?
    private var client: Client?

    init(
        _ service: FanOutService, _ plan: FanOutPlan, _ engine: TransferEngine, _ heavyWork: HeavyWork,
        _ counters: WorkerCounters, _ record: (records: InFlightRecords, place: Int)?
    ) {
        self.record = record
        openCalls = plan.calls.count < 64 ? 1 << UInt64(plan.calls.count) - 1 : .max
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
        if let record { record.records.note(openCalls: openCalls, at: record.place) }
        for (index, call) in plan.calls.enumerated() {
            counters.callStarted(upstream: service.traits[index].scoreboardIndex)
            transfers[index] = engine.start(
                service.endpoints[index], target: call.target, headers: headers, timeout: call.timeout,
                at: started, owner: self, index: index)
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
        guard service.traits[index].expectedStatus.contains(status) else {
            return settle(index, .failure(.status, status: status))
        }
        let accepts = service.traits[index].accepts
        let needsObject = service.route.merge == .object
        guard HeavyWork.isHeavy(bytes: body.count) else {
            return settle(index, status, Part(body, as: accepts, needsObject: needsObject))
        }
        // The call's time goes on while its body waits for a thread and is checked.
        let late = LoopTimer { [self] in settle(index, .failure(.timeout, status: status)) }
        late.set(started + plan.calls[index].timeout)
        heavyWork.run {
            Part(body, as: accepts, needsObject: needsObject)
        } then: { [self] part in
            late.cancel()
            settle(index, status, part)
        }
    }

    private func settle(_ index: Int, _ status: Int, _ part: Part?) {
        guard let part else { return settle(index, .failure(.invalidJSON, status: status)) }
        settle(index, .success(status: status, part: part))
    }

    private func settle(_ index: Int, _ outcome: Outcome) {
        // Cancelled or out of time while its body was looked at.
        guard state.isOpen(index) else { return }
        if let record, index < 64 {
            openCalls &= ~(1 << UInt64(index))
            record.records.note(openCalls: openCalls, at: record.place)
        }
        let settled = Settled(outcome, elapsed: MonotonicTime.now().since(started))
        counters.callFinished(
            upstream: service.traits[index].scoreboardIndex, failure: settled.failure, latency: settled.elapsed)
        switch state.settle(index, settled, isRequired: service.traits[index].isDecisive) {
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
final class FanOutService {
    /// What settling a call looks at; a `Call` whole would be copied for it.
    struct Traits {
        var accepts: BodyKind
        var expectedStatus: StatusSet
        /// Its failure decides the answer; a fallback stands in for a failed call, so with one it decides nothing.
        var isDecisive: Bool
        /// Where the scoreboard counts its upstream.
        var scoreboardIndex: Int?
    }

    let route: FanOutRoute
    /// By call.
    let endpoints: [Endpoint]
    /// By call.
    let traits: [Traits]

    init(_ route: FanOutRoute, _ endpoints: [Endpoint], scoreboardIndices: [Int?]) {
        self.route = route
        self.endpoints = endpoints
        traits = zip(route.calls, scoreboardIndices).map { call, index in
            Traits(
                accepts: call.accepts, expectedStatus: call.expectedStatus,
                isDecisive: call.isRequired && call.fallback == nil, scoreboardIndex: index)
        }
    }
}
