import Base
import CCurl
import Loop
import Processes

/// libcurl on the loop: moves easy handles when their sockets or their time come.
@LoopActor
final class CurlLane {
    let sockets = SocketTable()
    /// Filled lowest first, so that the connections of the first ones stay warm.
    private var shards: [Shard] = []
    /// No shard before this one has room.
    private var firstOpen = 0
    /// Shards that libcurl wants to be called for at once.
    private var due: [Shard] = []
    private var isKickScheduled = false
    /// Set for the first of the shards, or for one that was: a timer that turns out early is cheaper than one moved for
    /// every call.
    private lazy var timer = LoopTimer { [weak self] in self?.tick() }

    init() {
        // Once per process, before any other use (curl_global_init(3)); the event loop's thread is the only user.
        CCurl_global_init()
    }

    var now: MonotonicTime { .now() }

    /// Has a handle moved until it is done; false when libcurl is out of memory.
    func add(_ handle: EasyHandle) -> Bool {
        guard let shard = openShard(), shard.add(handle) else { return false }
        handle.hold()
        return true
    }

    /// Takes a handle back, done or not.
    func remove(_ handle: EasyHandle) {
        if let shard = handle.shard {
            shard.remove(handle)
            firstOpen = min(firstOpen, shard.index)
        }
        handle.release()
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

    /// A shard wants to be called then.
    func wake(at deadline: MonotonicTime, isNow: Bool, _ shard: Shard) {
        if isNow {
            guard !shard.isDue else { return }
            shard.isDue = true
            due.append(shard)
            guard !isKickScheduled else { return }
            isKickScheduled = true
            LoopActor.execute { [self] in kick() }
        } else {
            timer.setEarlier(deadline)
        }
    }

    /// Gets those going that are due: on warm connections their requests are sent before it returns.
    private func kick() {
        isKickScheduled = false
        let batch = due
        due.removeAll(keepingCapacity: true)
        for shard in batch { shard.actOnTimeout() }
    }

    /// Calls the shards whose time has come.
    private func tick() {
        let now = self.now
        for shard in shards {
            if let deadline = shard.deadline, deadline <= now { shard.actOnTimeout() }
        }
        if let next = shards.lazy.compactMap(\.deadline).min() { timer.setEarlier(next) }
    }
}
