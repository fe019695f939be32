import CCurl
package import FanOut
package import Loop
import NIOCore
import Processes

/// Why a transfer could not be started.
package enum StartFailure: Error {
    case badURL, outOfMemory

    /// As a call's failure.
    package var failure: Failure {
        switch self {
        case .badURL: .protocol
        case .outOfMemory: .overloaded
        }
    }
}

/// libcurl on the loop: starts transfers, moves them when their sockets or their time come, and says how they ended.
@LoopActor
package final class TransferEngine {
    let sockets = SocketTable()
    /// Filled lowest first, so that the connections of the first ones stay warm.
    private var shards: [Shard] = []
    /// No shard before this one has room.
    private var firstOpen = 0
    /// Shards that libcurl wants to be called for at once.
    private var due: [Shard] = []
    /// Whether the shards that are due have a caller who will `kick` them.
    private var isStarting = false
    /// When the loop's timer will call, nil when it is not set.
    private var wakeAt: MonotonicTime?
    private var timer: Scheduled<Void>?
    package private(set) var inFlight = 0

    package init() {
        // Once per process, before any other use (curl_global_init(3)); the event loop's thread is the only user.
        curl_global_init(Int(CURL_GLOBAL_DEFAULT))
    }

    var now: MonotonicTime { .now() }

    /// Starts a transfer, which moves with the next `kick`.
    ///
    /// Fails at once as `protocol` when the URL is none, and as `overloaded` when libcurl is out of memory.
    package func start(
        _ endpoint: Endpoint, target: [UInt8], headers: HeaderList?, timeout: Duration,
        owner: any TransferOwner, index: Int
    ) -> Result<Transfer, StartFailure> {
        guard let transfer = endpoint.takeIdle() ?? Transfer(endpoint, closing: sockets) else {
            return .failure(.outOfMemory)
        }
        isStarting = true
        defer { isStarting = false }
        guard transfer.prepare(url: endpoint.url(target), headers: headers, timeout: timeout, at: now) else {
            discard(transfer)
            return .failure(.badURL)
        }
        guard let shard = openShard(), shard.add(transfer) else {
            discard(transfer)
            return .failure(.outOfMemory)
        }
        transfer.own(owner, index: index)
        inFlight += 1
        return .success(transfer)
    }

    private func discard(_ transfer: Transfer) {
        transfer.release()
        if !transfer.endpoint.keep(transfer) { transfer.free() }
    }

    private func openShard() -> Shard? {
        while firstOpen < shards.count {
            if shards[firstOpen].inFlight < Shard.capacity { return shards[firstOpen] }
            firstOpen += 1
        }
        guard let shard = Shard(self, index: shards.count) else { return nil }
        shards.append(shard)
        return shard
    }

    /// Gets the transfers going that were started: on warm connections their requests are sent before it returns.
    package func kick() {
        let batch = due
        due.removeAll(keepingCapacity: true)
        for shard in batch { shard.actOnTimeout() }
    }

    /// Ends a transfer without an answer to its owner; its connection is closed, which tells the upstream.
    package func cancel(_ transfer: Transfer) {
        guard transfer.owner != nil else { return }
        recycle(transfer)
    }

    func finish(_ transfer: Transfer, _ code: CURLcode) {
        let result = transfer.result(code, at: now)
        let owner = transfer.owner
        let index = transfer.index
        recycle(transfer)
        owner?.settled(index, result)
    }

    private func recycle(_ transfer: Transfer) {
        if let shard = transfer.shard {
            shard.remove(transfer)
            firstOpen = min(firstOpen, shard.index)
        }
        inFlight -= 1
        discard(transfer)
    }

    /// A shard wants to be called then.
    func wake(at deadline: MonotonicTime, isNow: Bool, _ shard: Shard) {
        if isNow {
            if !due.contains(where: { $0 === shard }) { due.append(shard) }
            if !isStarting { LoopActor.loop.execute { LoopActor.assumeIsolated { self.kick() } } }
        } else if wakeAt.map({ deadline < $0 }) ?? true {
            timer?.cancel()
            arm(deadline)
        }
    }

    private func arm(_ deadline: MonotonicTime) {
        wakeAt = deadline
        timer = LoopActor.loop.scheduleTask(deadline: NIODeadline(deadline)) {
            LoopActor.assumeIsolated { self.tick() }
        }
    }

    /// Calls the shards whose time has come.
    ///
    /// A timer that turns out early is cheaper than one moved for every call.
    private func tick() {
        wakeAt = nil
        let now = self.now
        for shard in shards {
            if let deadline = shard.deadline, deadline <= now { shard.actOnTimeout() }
        }
        if let next = shards.lazy.compactMap(\.deadline).min(), wakeAt.map({ next < $0 }) ?? true { arm(next) }
    }
}
