package import Base
import HTTP
package import Loop
package import Policy
import Processes

/// The calls to one upstream, of which equal ones are made once: while one is on its way (`coalesce:`), and for as long as
/// its answer lives (`cache:`).
///
/// Each worker has its own: what is kept needs no lock, and is fetched once by each.
@LoopActor
package final class SharedCalls {
    /// Begins the real call now, and returns what cancels it.
    package typealias Fetch = @LoopActor (consuming CallOrder, MonotonicTime) -> (@LoopActor () -> Void)

    private let coalesces: Bool
    private let settings: CacheSettings?
    private let unkeyed: Set<String>
    /// Those that others may wait for, or that refresh what is kept.
    private var flights: [CallKey: SharedFlight] = [:]
    private var store: AnswerStore?
    /// Calls that are answered in the loop's next turn.
    private var answered: [(call: SharedCall, result: TransferResult)] = []
    /// Told of what happens.
    package var report: (SharingEvent) -> Void = { _ in }

    /// Nil where the upstream's calls are not shared.
    package init?(_ settings: UpstreamSettings) {
        guard settings.isShared else { return nil }
        coalesces = settings.sharing.coalesces
        self.settings = settings.sharing.cache
        store = settings.sharing.cache.map(AnswerStore.init)
        unkeyed = settings.unkeyedFields
    }

    /// Answers a call from what is kept, lets it wait for an equal one, or has it fetched.
    ///
    /// Its owner is always told how it ended, and never from inside of this.
    ///
    /// - Parameter fetch: Is also called later, where another call's end leaves this one to be made.
    package func start(
        _ key: CallKey, _ order: consuming CallOrder, at now: MonotonicTime, fetch: @escaping Fetch
    ) -> SharedCall {
        let call = SharedCall(order, at: now, fetch)
        if let kept = kept(key, at: now) {
            if now < kept.freshUntil {
                report(.hit)
                answer(call, kept.result(at: now))
                return call
            }
            if now < kept.refreshableUntil {
                report(.stale)
                refresh(key, call, at: now)
                answer(call, kept.result(at: now))
                return call
            }
        }
        if coalesces, let flight = flights[key] {
            report(.coalesced)
            flight.join(call)
            return call
        }
        if store != nil { report(.missed) }
        let flight = SharedFlight(self, key)
        if coalesces { flights[key] = flight }
        flight.begin(call, at: now)
        return call
    }

    private func kept(_ key: CallKey, at now: MonotonicTime) -> KeptAnswer? {
        key.asksPastCache ? nil : store?.answer(to: key, at: now)
    }

    /// Fetches what is kept anew, as the call would have been made; nobody waits for it.
    private func refresh(_ key: CallKey, _ call: SharedCall, at now: MonotonicTime) {
        guard flights[key] == nil else { return }
        let flight = SharedFlight(self, key)
        flights[key] = flight
        flight.refresh(as: call, at: now)
    }

    /// Answers in the loop's next turn, unless it was cancelled until then.
    private func answer(_ call: SharedCall, _ result: TransferResult) {
        answered.append((call, result))
        guard answered.count == 1 else { return }
        LoopActor.execute { [self] in
            let batch = answered
            answered = []
            for (call, result) in batch { call.settle(result) }
        }
    }

    // MARK: What a flight asks for

    /// No call joins it any more.
    func ended(_ flight: SharedFlight) {
        if flights[flight.key] === flight { flights[flight.key] = nil }
    }

    /// Makes a call that nobody shares.
    func makeAlone(_ call: SharedCall, _ key: CallKey, at now: MonotonicTime) {
        SharedFlight(self, key).begin(call, at: now)
    }

    /// What is used in place of a failure; nil when the result is none, or there is nothing.
    func fallback(for result: TransferResult, _ key: CallKey, at now: MonotonicTime) -> TransferResult? {
        guard result.mayServeStale, let kept = kept(key, at: now), now < kept.fallbackUntil else { return nil }
        return kept.result(at: now)
    }

    /// Keeps an answer whose call began then, where it may be kept.
    func keep(_ result: TransferResult, _ key: CallKey, from began: MonotonicTime) {
        guard let settings, !key.asksPastCache, case .response(let status, let body, let fields?) = result,
            let lifetime = CachePolicy.lifetime(
                status: status, fields, isAuthorized: key.isAuthorized, unkeyed: unkeyed, settings)
        else { return }
        store?.keep(
            KeptAnswer(status: status, body: body, fields: fields, lifetime, from: began), to: key)
        if let store { report(.keeps(bytes: store.bytes)) }
    }
}

/// One call's part in what is shared.
@LoopActor
package final class SharedCall {
    /// Without its owner once it has its result, or nobody wants that any more.
    private(set) var order: CallOrder
    let deadline: MonotonicTime
    let fetch: SharedCalls.Fetch
    /// What it waits for; nil for one whose answer is certain.
    var flight: SharedFlight?
    private var timer: LoopTimer?

    init(_ order: consuming CallOrder, at now: MonotonicTime, _ fetch: @escaping SharedCalls.Fetch) {
        deadline = now + order.timeout
        self.order = order
        self.fetch = fetch
    }

    /// Whether somebody waits for it.
    var isOpen: Bool { order.owner != nil }

    /// Ends it at its deadline, where what it waits for may take longer.
    func watch() {
        guard timer == nil else { return }
        let timer = LoopTimer { [self] in flight?.timeIsUp(for: self) }
        timer.set(deadline)
        self.timer = timer
    }

    /// Tells its owner, unless that was done or nobody wants to know.
    func settle(_ result: TransferResult) {
        take()?.settled(order.index, result)
    }

    /// Ends it without an answer to its owner; what others wait for goes on.
    package func cancel() {
        let flight = flight
        if take() != nil { flight?.left() }
    }

    /// Marks it as over, and returns whom to tell.
    private func take() -> (any TransferOwner)? {
        timer?.cancel()
        timer = nil
        flight = nil
        defer { order.owner = nil }
        return order.owner
    }
}
