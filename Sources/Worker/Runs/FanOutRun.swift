import Base
import FanOut
import HTTP
import HTTPEdge
import Loop
import Policy
import Processes
import Upstream

/// The calls of one request in flight: starts each as soon as what it waits for is there, notes how each ends, and
/// answers when the last has, or enough of them.
///
/// Callbacks drive it: a child task per call would cost a quarter more.
@LoopActor
final class FanOutRun: TransferOwner {
    private let service: FanOutService
    private let plan: FanOutPlan
    private let telemetry: CallTelemetry
    private let engine: any CallEngine
    private let heavyWork: HeavyWork
    /// Leaves out the calls that the answer can do without.
    private let sheds: Bool
    private var calls: [CallRun]
    private var state: FanOutState
    /// Ends calls that began late; those that begin with the request have the route's time at most by themselves.
    private var routeTimer: LoopTimer?
    /// Told of each call as it ends.
    var onSettled: ((Int, Settled) -> Void)?
    private var waiter = RunWaiter<FanOutResult>()

    init(
        _ service: FanOutService, _ plan: FanOutPlan, _ telemetry: CallTelemetry, _ engine: any CallEngine,
        _ heavyWork: HeavyWork, sheds: Bool
    ) {
        self.service = service
        self.plan = plan
        self.telemetry = telemetry
        self.engine = engine
        self.heavyWork = heavyWork
        self.sheds = sheds
        calls = Array(repeating: CallRun(), count: service.calls.count)
        state = service.newState
    }

    private var started: MonotonicTime { telemetry.started }

    /// Makes the calls, ends them when the client goes away, and says how they ended.
    func start(for client: Client, finished: @escaping (FanOutResult) -> Void) {
        waiter.wait(for: client, left: { [self] in finish(at: .now()) }, done: finished)
        telemetry.note(openCalls: state.openCalls)
        let graph = service.route.graph
        if !graph.isFlat {
            let timer = LoopTimer { [self] in timeIsUp() }
            timer.set(started + service.timeout)
            routeTimer = timer
        }
        for index in calls.indices where graph.inputs[index].isEmpty { begin(index, at: started) }
    }

    private func begin(_ index: Int, at now: MonotonicTime) {
        noteBegun(index, at: now)
        if sheds, !service.calls[index].isRequired { return settle(index, .failure(.shed, status: nil), at: now) }
        guard let call = plan.call(index) else { return settle(index, .failure(.dependency, status: nil), at: now) }
        let timeout = service.calls[index].timeout
        var order = CallOrder(
            service.calls[index].endpoint, target: call.target, headers: telemetry.headers(ofCall: index),
            timeout: timeout, owner: self, index: index)
        if let field = service.calls[index].deadlineField {
            let left = min(timeout, (started + service.timeout).since(now))
            order.message = (call.message ?? OutgoingMessage(method: "GET")).with(field, "\(left.wholeMilliseconds)")
        } else if let message = call.message {
            order.message = message
        }
        calls[index].call = engine.call(order, at: now)
    }

    private func noteBegun(_ index: Int, at now: MonotonicTime) {
        calls[index].start = now
        telemetry.began(upstream: service.calls[index].boardIndex)
    }

    // MARK: How a call ended

    func settled(_ index: Int, _ result: TransferResult) {
        switch result {
        case .failure(let failure): settle(index, .failure(failure, status: nil))
        case .response(let status, let body, let fields): take(index, status, body, fields)
        }
    }

    private func take(_ index: Int, _ status: Int, _ body: [UInt8], _ fields: HeaderFields?) {
        guard service.calls[index].expectedStatus.contains(status) else {
            return settle(index, .failure(.status, status: status))
        }
        if HeavyWork.isHeavy(bytes: body.count) {
            readElsewhere(index, status, body, fields)
        } else {
            settle(index, status, service.calls[index].reading.part(body), body, fields)
        }
    }

    /// Has a body read on another thread.
    private func readElsewhere(_ index: Int, _ status: Int, _ body: [UInt8], _ fields: HeaderFields?) {
        let reading = service.calls[index].reading
        // The call's time goes on while its body waits for a thread and is checked.
        let late = LoopTimer { [self] in settle(index, .failure(.timeout, status: status)) }
        late.set((calls[index].start ?? started) + service.calls[index].timeout)
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
        if service.passesBack { calls[index].fields = fields }
        if !service.route.graph.dependants[index].isEmpty {
            let reading = service.calls[index].reading
            plan.note(
                CallAnswer(
                    status: status, fields: fields ?? HeaderFields(),
                    body: body.isEmpty ? reading.standard ?? body : body,
                    isJSON: reading.kind == .json || body.isEmpty), of: index)
        }
        settle(index, .success(status: status, part: part))
    }

    private func settle(_ index: Int, _ outcome: consuming Outcome, at now: MonotonicTime = .now()) {
        guard isOpen(index) else { return }
        switch note(index, outcome, at: now) {
        case .finish: finish(at: now)
        case .wait: if !service.route.graph.isFlat { release(index, at: now) }
        }
    }

    private func note(_ index: Int, _ outcome: consuming Outcome, at now: MonotonicTime) -> FanOutState.Action {
        let start = calls[index].start ?? now
        let settled = Settled(outcome, elapsed: now.since(start))
        let failure = settled.failure
        let isMade = failure?.traits.isMade ?? true
        telemetry.ended(
            upstream: service.calls[index].boardIndex, failure, latency: isMade ? settled.elapsed : nil)
        if let trace = telemetry.trace { tell(trace, index, settled, start: start) }
        let action = state.settle(index, settled, isRequired: service.calls[index].isDecisive)
        telemetry.note(openCalls: state.openCalls)
        onSettled?(index, state.outcomes[index])
        return action
    }

    private func tell(_ trace: RequestTrace, _ index: Int, _ settled: Settled, start: MonotonicTime) {
        // Nothing is told of one that was not made.
        guard let running = calls[index].call else { return }
        let call = service.route.calls[index]
        let planned = plan.call(index)
        trace.ended(
            EndedCall(
                index: index, name: call.name, method: planned?.message?.method ?? "GET", server: running.server,
                path: EndedCall.path(of: planned?.target ?? []),
                template: String(call.target.text.prefix { $0 != "?" }), attempts: running.attempts,
                status: settled.status, failure: settled.failure, start: start, elapsed: settled.elapsed))
    }

    /// Begins the calls that waited for this one alone, or fails those that wait in vain.
    private func release(_ index: Int, at now: MonotonicTime) {
        let graph = service.route.graph
        if state.outcomes[index].failure != nil {
            guard let fallback = service.route.calls[index].fallback else {
                for dependant in graph.dependants[index] where isOpen(dependant) {
                    noteBegun(dependant, at: now)
                    settle(dependant, .failure(.dependency, status: nil), at: now)
                }
                return
            }
            plan.note(CallAnswer(status: nil, fields: HeaderFields(), body: fallback, isJSON: true), of: index)
        }
        for ready in state.released(by: index, in: graph) { begin(ready, at: now) }
    }

    private func isOpen(_ index: Int) -> Bool { state.openCalls & (1 << UInt64(index)) != 0 }

    // MARK: The end

    private func timeIsUp() {
        let now = MonotonicTime.now()
        for index in calls.indices where calls[index].start != nil {
            if let call = calls[index].call { engine.cancel(call) }
            settle(index, .failure(.timeout, status: nil), at: now)
        }
    }

    /// Says how the calls ended; of those that are still open nobody waits for the end.
    private func finish(at now: MonotonicTime) {
        guard let finished = waiter.end() else { return }
        routeTimer?.cancel()
        routeTimer = nil
        if state.openCalls != 0 { abandonOpen(at: now) }
        onSettled = nil
        let back = service.passesBack ? HeaderBlock(passingBack: calls.map(\.fields), of: service.route) : nil
        let isTold = service.isTraced || now.since(started) > service.slowFrom || state.hasFailures
        finished(FanOutResult(state, from: started, to: now, passedBack: back, trail: isTold ? trail : nil))
    }

    private func abandonOpen(at now: MonotonicTime) {
        for index in calls.indices where isOpen(index) {
            if let call = calls[index].call { engine.cancel(call) }
            if calls[index].start == nil { noteBegun(index, at: now) }
            _ = note(index, .failure(.cancelled, status: nil), at: now)
        }
    }

    private var trail: RequestTrail {
        RequestTrail(
            calls: calls.indices.map { index in
                let start = calls[index].start ?? started
                let call = calls[index].call
                return CallTrail(
                    name: service.route.calls[index].name, start: start.since(started), settled: state.outcomes[index],
                    server: call?.server, attempts: call?.attempts ?? 0,
                    times: call?.times.map { CallTrail.Times($0, since: start) })
            })
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
