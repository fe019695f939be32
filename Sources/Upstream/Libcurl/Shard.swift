import Base
import CCurl
import Loop

/// One multi handle with a bounded number of easy handles in it.
///
/// libcurl looks through a host's connections one by one, so its cost per call grows with the calls in flight on a
/// handle. With 5,000 on one, a request cost five times what it does on shards of 64.
@LoopActor
final class Shard {
    static let capacity = 32

    let multi: UnsafeMutableRawPointer
    private let lane: CurlLane
    // The lane's: what is two steps away is retained for each use.
    private let sockets: SocketTable
    /// Its place among the lane's shards.
    let index: Int
    private(set) var inFlight = 0
    /// When libcurl wants to be called although no socket is ready; nil: not at all.
    private(set) var deadline: MonotonicTime?
    /// It is among those that the lane calls next.
    var isDue = false

    init?(_ lane: CurlLane, index: Int) {
        guard let multi = curl_multi_init() else { return nil }
        self.multi = multi
        self.lane = lane
        sockets = lane.sockets
        self.index = index
        let me = Unmanaged.passUnretained(self).toOpaque()
        CCurl_multi_set_callbacks(multi, socketChanged, timerChanged, me)
        // Idle connections that are kept: the default is four per transfer that ever ran at once.
        CCurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, Self.capacity * 4)
    }

    func add(_ handle: EasyHandle) -> Bool {
        guard curl_multi_add_handle(multi, handle.handle) == CURLM_OK else { return false }
        handle.shard = self
        inFlight += 1
        return true
    }

    func remove(_ handle: EasyHandle) {
        curl_multi_remove_handle(multi, handle.handle)
        handle.shard = nil
        inFlight -= 1
    }

    /// A socket is ready.
    func act(on socket: curl_socket_t, _ mask: CInt) {
        var running: CInt = 0
        curl_multi_socket_action(multi, socket, mask, &running)
        collect()
    }

    /// Its time has come.
    func actOnTimeout() {
        isDue = false
        deadline = nil
        var running: CInt = 0
        curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running)
        collect()
    }

    private func collect() {
        var code = CURLE_OK
        while let handle = CCurl_multi_next_done(multi, &code) {
            guard let context = CCurl_get_private(handle) else { continue }
            Unmanaged<EasyHandle>.fromOpaque(context).takeUnretainedValue().done(code)
        }
    }

    fileprivate func setTimer(_ milliseconds: Int) {
        // -1 disarms, 0 is now (CURLMOPT_TIMERFUNCTION(3)).
        deadline = milliseconds < 0 ? nil : lane.now + .milliseconds(milliseconds)
        if let deadline { lane.wake(at: deadline, isNow: milliseconds == 0, self) }
    }

    fileprivate func change(_ socket: curl_socket_t, _ what: CInt) {
        sockets.change(socket, what, self)
    }
}

private typealias SocketChange = (
    UnsafeMutableRawPointer?, curl_socket_t, CInt, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?
) -> CInt

private typealias SocketChangeOnLoop =
    @LoopActor (
        UnsafeMutableRawPointer?, curl_socket_t, CInt, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?
    ) -> CInt

/// CURLMOPT_SOCKETFUNCTION; SocketTable says why the cast holds.
private func socketChanged(
    _ handle: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ what: CInt, _ context: UnsafeMutableRawPointer?,
    _ socketContext: UnsafeMutableRawPointer?
) -> CInt {
    unsafeBitCast(socketChangedOnLoop as SocketChangeOnLoop, to: SocketChange.self)(
        handle, socket, what, context, socketContext)
}

/// CURLMOPT_TIMERFUNCTION; likewise.
private func timerChanged(
    _ multi: UnsafeMutableRawPointer?, _ milliseconds: Int, _ context: UnsafeMutableRawPointer?
) -> CInt {
    unsafeBitCast(
        timerChangedOnLoop as @LoopActor (UnsafeMutableRawPointer?, Int, UnsafeMutableRawPointer?) -> CInt,
        to: ((UnsafeMutableRawPointer?, Int, UnsafeMutableRawPointer?) -> CInt).self)(multi, milliseconds, context)
}

/// libcurl waits for something else on a socket.
@LoopActor
private func socketChangedOnLoop(
    _ handle: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ what: CInt, _ context: UnsafeMutableRawPointer?,
    _ socketContext: UnsafeMutableRawPointer?
) -> CInt {
    guard let context else { return -1 }
    Unmanaged<Shard>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.change(socket, what) }
    return 0
}

/// libcurl wants to be called at another time.
@LoopActor
private func timerChangedOnLoop(
    _ multi: UnsafeMutableRawPointer?, _ milliseconds: Int, _ context: UnsafeMutableRawPointer?
) -> CInt {
    guard let context else { return -1 }
    Unmanaged<Shard>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.setTimer(milliseconds) }
    return 0
}
