import Base
import FanOut
import HTTP
import HTTPEdge
import JSON
import Loop
import Policy
import Processes
import Scoreboard
import Upstream

/// The calls of one request in flight: starts each as soon as what it waits for is there, notes how each ends, and
/// answers when the last has, or enough of them.
///
/// Callbacks drive it: a child task per call would cost a quarter more.
@LoopActor
final class FanOutRun: TransferOwner {
    private let service: FanOutService
    private let plan: FanOutPlan
    private let engine: any CallEngine
    private let heavyWork: HeavyWork
    private let counters: WorkerCounters
    private let started = MonotonicTime.now()
    /// By call, when it began; empty where all begin with the request.
    private var starts: [MonotonicTime]
    /// Where the request is noted down, for the report if this process dies.
    private let records: InFlightRecords
    /// Nil where it is not.
    private let place: Int?
    /// Nil where nobody is told of the calls.
    private let trace: RequestTrace?
    /// A bit for each call that is not settled; apart from the state, which would be copied for a look at it.
    private var openCalls: UInt64
    /// A bit for each call that has not begun.
    private var waitingCalls: UInt64
    private var state: FanOutState
    private var transfers: [RunningCall?]
    /// By call; empty where the route passes nothing back.
    private var passedBack: [HeaderFields?]
    private let headers: HeaderList
    /// Ends calls that began late; those that begin with the request have the route's time at most by themselves.
    private var routeTimer: LoopTimer?
    /// Leaves out the calls that the answer can do without.
    private let sheds: Bool
    /// Told of each call as it ends.
    var onSettled: ((Int, Settled) -> Void)?
    /// Set while it runs; it also keeps this value alive.
    private var finished: ((FanOutResult) -> Void)?
    private var client: Client?

    init(
        _ service: FanOutService, _ plan: FanOutPlan, _ headers: HeaderList, _ engine: any CallEngine,
        _ heavyWork: HeavyWork, _ counters: WorkerCounters, _ records: InFlightRecords, place: Int?,
        _ trace: RequestTrace?, sheds: Bool
    ) {
        self.trace = trace
        self.sheds = sheds
        self.records = records
        self.place = place
        self.service = service
        self.plan = plan
        self.headers = headers
        self.engine = engine
        self.heavyWork = heavyWork
        self.counters = counters
        let count = service.route.calls.count
        openCalls = count < FanOutState.mostCalls ? (1 << UInt64(count)) - 1 : .max
        waitingCalls = openCalls
        state = service.newState
        transfers = Array(repeating: nil, count: count)
        starts = service.route.graph.isFlat ? [] : Array(repeating: started, count: count)
        passedBack = service.passesBack ? Array(repeating: nil, count: count) : []
    }

    /// Makes the calls, ends them when the client goes away, and says how they ended.
    func start(for client: Client, finished: @escaping (FanOutResult) -> Void) {
        self.finished = finished
        self.client = client
        client.onGone = { [self] in
            abandonOpen()
            finish()
        }
        if let place { records.note(openCalls: openCalls, at: place) }
        let graph = service.route.graph
        if !graph.isFlat {
            let timer = LoopTimer { [self] in timeIsUp() }
            timer.set(started + service.timeout)
            routeTimer = timer
        }
        for index in transfers.indices where graph.inputs[index].isEmpty { begin(index, at: started) }
    }

    private func begin(_ index: Int, at now: MonotonicTime) {
        noteBegun(index)
        if !starts.isEmpty { starts[index] = now }
        if sheds, !service.route.calls[index].isRequired { return settle(index, .failure(.shed, status: nil)) }
        guard let call = plan.call(index) else { return settle(index, .failure(.dependency, status: nil)) }
        var message = call.message
        if let field = service.endpoints[index].upstream.settings.deadlineField {
            let left = min(service.timeouts[index], (started + service.timeout).since(now))
            message = (message ?? OutgoingMessage(method: "GET")).with(field, "\(left.wholeMilliseconds)")
        }
        var order = CallOrder(
            service.endpoints[index], target: call.target, headers: trace?.headers(ofCall: index) ?? headers,
            timeout: service.timeouts[index], owner: self, index: index)
        if let message { order.message = message }
        transfers[index] = engine.call(order, at: now)
    }

    private func noteBegun(_ index: Int) {
        waitingCalls &= ~(1 << UInt64(index))
        counters.callStarted(upstream: service.traits[index].scoreboardIndex)
    }

    // MARK: How a call ended

    func settled(_ index: Int, _ result: TransferResult) {
        switch result {
        case .failure(let failure): settle(index, .failure(failure, status: nil))
        case .response(let status, let body, let fields): take(index, status, body, fields)
        }
    }

    private func take(_ index: Int, _ status: Int, _ body: [UInt8], _ fields: HeaderFields?) {
        guard service.traits[index].expectedStatus.contains(status) else {
            return settle(index, .failure(.status, status: status))
        }
        if HeavyWork.isHeavy(bytes: body.count) {
            readElsewhere(index, status, body, fields)
        } else {
            settle(index, status, service.traits[index].reading.part(body), body, fields)
        }
    }

    /// Has a body read on another thread.
    private func readElsewhere(_ index: Int, _ status: Int, _ body: [UInt8], _ fields: HeaderFields?) {
        let reading = service.traits[index].reading
        // The call's time goes on while its body waits for a thread and is checked.
        let late = LoopTimer { [self] in settle(index, .failure(.timeout, status: status)) }
        late.set(start(of: index) + service.timeouts[index])
        heavyWork.run {
            reading.part(body)
        } then: { [self] part in
            late.cancel()
            settle(index, status, part, body, fields)
        }
    }

    private func settle(_ index: Int, _ status: Int, _ part: Part?, _ body: [UInt8], _ fields: HeaderFields?) {
        // Cancelled or out of time while its body was looked at.
        guard isOpen(index) else { return }
        guard let part else { return settle(index, .failure(.invalidJSON, status: status)) }
        if !passedBack.isEmpty { passedBack[index] = fields }
        if !service.route.graph.dependants[index].isEmpty {
            let reading = service.traits[index].reading
            plan.note(
                CallAnswer(
                    status: status, fields: fields ?? HeaderFields(),
                    body: body.isEmpty ? reading.standard ?? body : body,
                    isJSON: reading.kind == .json || body.isEmpty), of: index)
        }
        settle(index, .success(status: status, part: part))
    }

    private func settle(_ index: Int, _ outcome: consuming Outcome) {
        guard isOpen(index) else { return }
        if starts.isEmpty {
            if note(index, outcome) == .finish { finish() }
        } else {
            switch note(index, copy outcome) {
            case .finish: finish()
            case .wait: release(index, outcome)
            }
        }
    }

    private func note(_ index: Int, _ outcome: consuming Outcome) -> FanOutState.Action {
        openCalls &= ~(1 << UInt64(index))
        if let place { records.note(openCalls: openCalls, at: place) }
        let settled = Settled(outcome, elapsed: MonotonicTime.now().since(start(of: index)))
        // Without a latency where nothing went to the upstream: it would say that this was fast.
        let isMade = settled.failure?.traits.isMade ?? true
        counters.callFinished(
            upstream: service.traits[index].scoreboardIndex, failure: settled.failure,
            latency: isMade ? settled.elapsed : nil)
        if let trace { tell(trace, index, settled) }
        onSettled?(index, settled)
        return state.settle(index, settled, isRequired: service.traits[index].isDecisive)
    }

    private func tell(_ trace: RequestTrace, _ index: Int, _ settled: Settled) {
        // Nothing is told of one that was not made.
        guard let transfer = transfers[index] else { return }
        let call = service.route.calls[index]
        let planned = plan.call(index)
        trace.ended(
            RequestTrace.Call(
                index: index, name: call.name, method: planned?.message?.method ?? "GET", server: transfer.server,
                path: String(decoding: (planned?.target ?? []).prefix { $0 != UInt8(ascii: "?") }, as: UTF8.self),
                template: String(call.target.text.prefix { $0 != "?" }), attempts: transfer.attempts),
            status: settled.status, failure: settled.failure, start: start(of: index), elapsed: settled.elapsed)
    }

    /// Begins the calls that waited for this one alone, or fails those that wait in vain.
    private func release(_ index: Int, _ outcome: Outcome) {
        let graph = service.route.graph
        if case .failure = outcome {
            guard let fallback = service.route.calls[index].fallback else {
                for dependant in graph.dependants[index] where isOpen(dependant) {
                    noteBegun(dependant)
                    starts[dependant] = .now()
                    settle(dependant, .failure(.dependency, status: nil))
                }
                return
            }
            plan.note(CallAnswer(status: nil, fields: HeaderFields(), body: fallback, isJSON: true), of: index)
        }
        let now = MonotonicTime.now()
        for ready in state.released(by: index, in: graph) { begin(ready, at: now) }
    }

    private func isOpen(_ index: Int) -> Bool { openCalls & (1 << UInt64(index)) != 0 }

    private func start(of index: Int) -> MonotonicTime { starts.isEmpty ? started : starts[index] }

    // MARK: The end

    private func timeIsUp() {
        for index in transfers.indices where waitingCalls & (1 << UInt64(index)) == 0 {
            if let transfer = transfers[index] { engine.cancel(transfer) }
            settle(index, .failure(.timeout, status: nil))
        }
    }

    private func finish() {
        guard let finished else { return }
        self.finished = nil
        client?.onGone = nil
        routeTimer?.cancel()
        routeTimer = nil
        abandonOpen()
        onSettled = nil
        let back = passedBack.isEmpty ? nil : HeaderBlock(passingBack: passedBack, of: service.route)
        let elapsed = MonotonicTime.now().since(started)
        let isSlow = elapsed > service.slowFrom
        let state = self.state
        let isTold = service.isTraced || isSlow || state.hasFailures
        finished(FanOutResult(state, elapsed: elapsed, passedBack: back, trail: isTold ? trail : nil))
    }

    private var trail: RequestTrail {
        RequestTrail(
            calls: transfers.indices.map { index in
                let start = start(of: index)
                return CallTrail(
                    name: service.route.calls[index].name, start: start.since(started), settled: state.outcomes[index],
                    server: transfers[index]?.server,
                    attempts: transfers[index]?.attempts ?? 0,
                    times: transfers[index]?.times.map { CallTrail.Times($0, since: start) })
            })
    }

    /// Ends what is still open: nobody waits for it.
    private func abandonOpen() {
        for index in transfers.indices where isOpen(index) {
            if let transfer = transfers[index] { engine.cancel(transfer) }
            if waitingCalls & (1 << UInt64(index)) != 0 { noteBegun(index) }
            _ = note(index, .failure(.cancelled, status: nil))
        }
    }
}

/// How the calls of a request ended.
final class FanOutResult: Sendable {
    let state: FanOutState
    /// Bytes of all parts together.
    let bytes: Int
    /// Whether how long it took says how busy all is: not where a call failed at once, or the client left.
    let tellsOfLoad: Bool
    let elapsed: Duration
    /// Fields of their answers for the client's.
    let passedBack: HeaderBlock?
    /// How each call went, where somebody may ask: the route is traced, or the request was slow or failed in part.
    let trail: RequestTrail?

    fileprivate init(_ state: FanOutState, elapsed: Duration, passedBack: HeaderBlock?, trail: RequestTrail?) {
        self.state = state
        bytes = state.bytes
        tellsOfLoad = state.tellsOfLoad
        self.elapsed = elapsed
        self.passedBack = passedBack
        self.trail = trail
    }
}

extension CallTrail.Times {
    @LoopActor
    fileprivate init(_ times: TransferTimes, since start: MonotonicTime) {
        self.init(
            sent: times.sent?.since(start), connection: times.connection.map { ($0.dns, $0.connect, $0.tls) },
            firstByte: times.firstByte?.since(start))
    }
}
