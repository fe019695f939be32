import Base
import HTTP
import Loop
import Policy
import Processes

/// One call on its way, and all that wait for its result.
@LoopActor
final class SharedFlight: TransferOwner {
    private let calls: SharedCalls
    let key: CallKey
    /// In the order in which they came; those that left are still there.
    private var waiters: [SharedCall] = []
    /// How many have not left.
    private var waiting = 0
    /// It goes on although nobody waits.
    private var isRefresh = false
    private var isOver = false
    /// Which fetch it is; what an earlier one says is late.
    private var attempt = 0
    /// When it was begun, and when its time is up.
    private var began = MonotonicTime(nanoseconds: 0)
    private var deadline = MonotonicTime(nanoseconds: 0)
    private var stop: (@LoopActor () -> Void)?

    init(_ calls: SharedCalls, _ key: CallKey) {
        self.calls = calls
        self.key = key
    }

    /// Begins with the call that leads it.
    func begin(_ call: SharedCall, at now: MonotonicTime) {
        fetch(as: call, at: now)
        join(call)
    }

    /// Begins without anybody who waits, as a call would have begun it.
    func refresh(as call: SharedCall, at now: MonotonicTime) {
        isRefresh = true
        fetch(as: call, at: now)
    }

    /// Has a call wait for the result too.
    func join(_ call: SharedCall) {
        call.flight = self
        waiters.append(call)
        waiting += 1
        // The leader's deadline is that of its transfer, which is judged by it.
        if call.deadline < deadline { call.watch() }
    }

    private func fetch(as call: SharedCall, at now: MonotonicTime) {
        attempt += 1
        began = now
        deadline = now + call.order.timeout
        stop = call.fetch(call.order.again(for: self, index: attempt), now)
    }

    // MARK: Who leaves

    /// One that waited was cancelled.
    func left() {
        waiting -= 1
        guard waiting == 0, !isRefresh, !isOver else { return }
        end()
        stop?()
        stop = nil
    }

    /// A call has waited for as long as it may, and the others may go on.
    func timeIsUp(for call: SharedCall) {
        let timeout = TransferResult.failure(.timeout)
        let fallback = calls.fallback(for: timeout, key, at: .now())
        if fallback != nil { calls.report(.stale) }
        left()
        call.settle(fallback ?? timeout)
    }

    // MARK: The result

    func settled(_ number: Int, _ result: TransferResult) {
        guard number == attempt, !isOver else { return }
        stop = nil
        let now = MonotonicTime.now()
        // Before another attempt: who waits has waited for long enough, and what is kept may be used now.
        if let fallback = calls.fallback(for: result, key, at: now) {
            for _ in 0..<waiting { calls.report(.stale) }
            return finish(fallback)
        }
        if result == .failure(.timeout), now >= deadline, goOn(at: now) { return }
        calls.keep(result, key, from: began)
        if case .response(_, _, let fields?) = result, CachePolicy.isPersonal(fields) {
            return finishAlone(result, now)
        }
        finish(result)
    }

    /// The time of the call that led is up, not that of others: it is made again for them.
    private func goOn(at now: MonotonicTime) -> Bool {
        let (late, others) = (
            waiters.filter { $0.isOpen && $0.deadline <= now }, waiters.filter { $0.isOpen && $0.deadline > now }
        )
        guard let last = others.max(by: { $0.deadline < $1.deadline }) else { return false }
        waiters = others
        waiting = others.count
        fetch(as: last, at: now)
        for call in others { call.watch() }
        // Told of one, its owner may cancel another: they are counted here no more.
        for call in late { call.flight = nil }
        for call in late { call.settle(.failure(.timeout)) }
        return true
    }

    private func finish(_ result: TransferResult) {
        end()
        for call in take() { call.settle(result) }
    }

    /// Gives the result to the first that waits alone: it is meant for one client, and two must not have one session.
    ///
    /// Where fields are not collected nobody is given a cookie, and all may share the rest.
    private func finishAlone(_ result: TransferResult, _ now: MonotonicTime) {
        end()
        let open = take().filter(\.isOpen)
        for call in open.dropFirst() { calls.makeAlone(call, key, at: now) }
        open.first?.settle(result)
    }

    private func end() {
        isOver = true
        calls.ended(self)
    }

    private func take() -> [SharedCall] {
        defer { waiters = [] }
        return waiters
    }
}
