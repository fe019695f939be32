import Base
package import Loop
import Policy
import Processes

/// A call whose upstream repeats what fails or sends copies of what is slow: attempts come and go, one result leaves.
@LoopActor
package final class CallAttempts: TransferOwner, HedgedCall {
    private let desk: any TransferDesk
    /// Without its owner once it has its result, or nobody wants that any more.
    private var order: CallOrder
    private let started: MonotonicTime
    /// Those that run: the first, a repetition, or one and its copy.
    private var running: [(number: Int, transfer: Transfer)] = []
    private var attempts = 0
    /// The number of the copy.
    private var copy: Int?
    private var lastServer: ServerState?
    /// For a pause, and for the deadline of attempts that began late.
    private var timer: LoopTimer?
    private var pauseEnd: MonotonicTime?

    init(_ desk: any TransferDesk, _ order: consuming CallOrder, at now: MonotonicTime) {
        self.desk = desk
        self.order = order
        started = now
    }

    private var upstream: UpstreamServers { order.endpoint.upstream }
    private var sink: (any TransferSink)? { order.sink }
    private var timeout: Duration { order.timeout }

    func start() {
        upstream.repetition.noteCall()
        begin(at: started, timeout: min(upstream.repetition.retry?.attemptTimeout ?? timeout, timeout))
        // Two answers cannot both be passed on as they come.
        if order.isIdempotent, sink == nil, let delay = upstream.repetition.hedgeDelay, delay < timeout {
            upstream.repetition.hedges.add(self, at: started + delay)
        }
    }

    private func begin(at now: MonotonicTime, timeout: Duration) {
        attempts += 1
        // An attempt's time is that until its answer begins: what is passed on as it comes may take longer.
        var attempt = order.again(for: self, index: attempts)
        if sink == nil { attempt.timeout = timeout }
        attempt.avoided = lastServer
        running.append((attempts, desk.start(attempt, at: now)))
        if sink != nil, let limit = upstream.repetition.retry?.attemptTimeout { setTimer(now + limit) }
    }

    /// Another attempt, which ends with the call's time at the latest.
    private func beginAnother() {
        let now = MonotonicTime.now()
        if sink == nil { setTimer(started + timeout) }
        // Under a timeout of the configuration, not what is left: each other timeout would be a line of its own.
        begin(at: now, timeout: min(upstream.repetition.retry?.attemptTimeout ?? timeout, timeout))
    }

    func hedge() {
        guard order.owner != nil, running.count == 1, copy == nil, attempts == 1, upstream.takeHedge() else { return }
        copy = attempts + 1
        lastServer = running[0].transfer.server
        beginAnother()
    }

    package func settled(_ number: Int, _ result: TransferResult) {
        guard let place = running.firstIndex(where: { $0.number == number }) else { return }
        let transfer = running.remove(at: place).transfer
        last = transfer
        let isGood = !result.blamesServer && !upstream.repetition.wantsAnother(status: result.status)
        // One that has failed waits for its copy, which may still succeed.
        guard isGood || running.isEmpty else { return }
        if !isGood, repeats(result, transfer) { return }
        if isGood, number == copy { upstream.report(.hedgeWon) }
        upstream.repetition.noteLatency(since: started)
        finish()?.settled(order.index, result)
    }

    /// Makes the call again, now or after a pause, where that is to be.
    private func repeats(_ result: TransferResult, _ transfer: Transfer) -> Bool {
        guard let retry = upstream.repetition.retry, !transfer.hasBegun, !transfer.hasSentBody else { return false }
        let now = MonotonicTime.now()
        // Of its own seed only where it is needed: a number of the system's costs more than the rest of a good call.
        var random = SplitMix64(seed: .random(in: .min ... .max))
        let pause = retry.pause(
            after: attempts, failure: result.failure, status: result.status, isIdempotent: order.isIdempotent,
            left: (started + timeout).since(now), using: &random)
        guard let pause, upstream.takeRetry() else { return false }
        lastServer = transfer.server
        if transfer.isStreamed { sink?.bodyHasToWait() }
        guard pause >= .microseconds(100) else {
            beginAnother()
            return true
        }
        pauseEnd = now + pause
        setTimer(now + pause)
        return true
    }

    private func setTimer(_ deadline: MonotonicTime) {
        if timer == nil { timer = LoopTimer { [self] in timerFired() } }
        timer?.set(deadline)
    }

    private func timerFired() {
        if pauseEnd != nil {
            pauseEnd = nil
            beginAnother()
        } else if sink != nil {
            guard let transfer = streaming, !transfer.hasBegun, !transfer.hasSentBody else { return }
            desk.settle(transfer, .failure(.timeout))
        } else {
            upstream.repetition.noteLatency(since: started)
            finish()?.settled(order.index, .failure(.timeout))
        }
    }

    /// Ends what still runs, and returns whom to tell.
    private func finish() -> (any TransferOwner)? {
        guard let owner = order.owner else { return nil }
        order.owner = nil
        timer?.cancel()
        timer = nil
        for (_, transfer) in running { desk.cancel(transfer) }
        running = []
        return owner
    }

    func cancel() { _ = finish() }

    /// The one whose answer is passed on as it comes, which has no copy.
    var streaming: Transfer? { running.first?.transfer }

    // MARK: Looking at it

    /// The attempt that ended last, or the first one that runs.
    private(set) var last: Transfer?
    var count: Int { attempts }
    var server: String? { (last ?? running.first?.transfer)?.server?.server.url }
    var times: TransferTimes? { (last ?? running.first?.transfer)?.times }
}
