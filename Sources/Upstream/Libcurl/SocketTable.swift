import CCurl
import Glibc
import Loop

/// libcurl's sockets in the epoll set: which shard each belongs to, and what it waits for.
///
/// A connection that is idle stays in the set, since taking it out and putting it back would be two system calls for
/// every call. That is safe only for sockets whose closing we are told of, which are connections; the ones that
/// libcurl's resolver opens for itself are closed behind our back and leave the set when libcurl says so.
@LoopActor
final class SocketTable: ReadinessHandler {
    private struct Entry {
        /// Shards live as long as their engine, so holding one keeps nothing alive that would go.
        var shard: Shard?
        /// What the epoll set watches, nil when the socket is not in it.
        var watched: ReadyEvents?
        /// What libcurl waits for; empty while the connection is idle.
        var wanted = ReadyEvents.nothing
        var isConnection = false
        /// What became of a connection that is not libcurl's to move any more.
        var handover = Handover.none
    }

    /// Whose a socket is.
    private enum Handover {
        /// libcurl's.
        case none
        /// Ours, which libcurl will say that it closes, and will not.
        case socket
        /// libcurl's with all that is on it, but moved and watched by us; it is told when libcurl closes it by itself.
        case connection(closing: @LoopActor @Sendable () -> Void)

        var isNone: Bool {
            if case .none = self { true } else { false }
        }
    }

    private var entries: [Entry] = []

    /// Has libcurl tell of the sockets that this handle opens and closes.
    func follow(_ handle: UnsafeMutableRawPointer) {
        let me = Unmanaged.passUnretained(self).toOpaque()
        CCurl_set_opened(handle, opened, me)
        CCurl_set_close(handle, closed, me)
    }

    /// Takes a connected socket over from libcurl, which will say that it closes it, and will not.
    func takeOver(_ socket: curl_socket_t) {
        reserve(socket)
        leave(socket)
        entries[Int(socket)] = Entry(handover: .socket)
    }

    /// Leaves a connection to libcurl and its moving to us.
    ///
    /// libcurl may still close it when it cleans up among its connections and finds the other side gone; `closing` is
    /// called after that.
    func lend(_ socket: curl_socket_t, closing: @escaping @LoopActor @Sendable () -> Void) {
        reserve(socket)
        leave(socket)
        entries[Int(socket)] = Entry(handover: .connection(closing: closing))
    }

    /// Lets libcurl close a connection that was lent.
    func giveBack(_ socket: curl_socket_t) {
        Readiness.shared.remove(socket)
        entries[Int(socket)] = Entry(isConnection: true)
    }

    /// CURLMOPT_SOCKETFUNCTION: libcurl waits for something else on a socket, or for nothing.
    func change(_ socket: curl_socket_t, _ what: CInt, _ shard: Shard) {
        reserve(socket)
        let index = Int(socket)
        guard entries[index].handover.isNone else { return }
        // Mostly the same, which is cheaper to see than to count again.
        if entries[index].shard !== shard { entries[index].shard = shard }
        switch what {
        case CURL_POLL_IN: entries[index].wanted = .readable
        case CURL_POLL_OUT: entries[index].wanted = .writable
        case CURL_POLL_INOUT: entries[index].wanted = .readable.union(.writable)
        default: entries[index].wanted = .nothing
        }
        if what == CURL_POLL_REMOVE, !entries[index].isConnection {
            leave(socket)
        } else {
            watch(socket)
        }
    }

    private func watch(_ socket: curl_socket_t) {
        // An idle connection is watched for its end.
        let wanted = entries[Int(socket)].wanted == .nothing ? .readable : entries[Int(socket)].wanted
        switch entries[Int(socket)].watched {
        case wanted: return
        case nil: _ = Readiness.shared.add(socket, wanted, self)
        case .some: _ = Readiness.shared.modify(socket, wanted)
        }
        entries[Int(socket)].watched = wanted
    }

    private func leave(_ socket: curl_socket_t) {
        if entries[Int(socket)].watched != nil { Readiness.shared.remove(socket) }
        entries[Int(socket)].watched = nil
    }

    func ready(_ socket: CInt, _ events: ReadyEvents) {
        guard entries[Int(socket)].wanted != .nothing, let shard = entries[Int(socket)].shard else {
            // The peer closed an idle connection. libcurl sees that when it next looks at it; until then, no event.
            leave(socket)
            return
        }
        var mask: CInt = 0
        if events.intersects(.readable) { mask |= CURL_CSELECT_IN }
        if events.intersects(.writable) { mask |= CURL_CSELECT_OUT }
        if events.intersects(.failed) { mask |= CURL_CSELECT_ERR }
        shard.act(on: socket, mask)
    }

    fileprivate func noteOpened(_ socket: curl_socket_t) {
        reserve(socket)
        entries[Int(socket)] = Entry(isConnection: true)
    }

    /// Whether libcurl's wish to close a socket is to be followed.
    fileprivate func mayClose(_ socket: curl_socket_t) -> Bool {
        guard Int(socket) < entries.count else { return true }
        let handover = entries[Int(socket)].handover
        entries[Int(socket)] = Entry()
        switch handover {
        case .none: Readiness.shared.forget(socket)
        case .socket: return false
        case .connection(let closing):
            Readiness.shared.forget(socket)
            // Not from inside of libcurl.
            LoopActor.execute(closing)
        }
        return true
    }

    private func reserve(_ socket: curl_socket_t) {
        let missing = Int(socket) + 1 - entries.count
        if missing > 0 { entries.append(contentsOf: repeatElement(Entry(), count: max(64, missing))) }
    }
}

// libcurl calls back only from inside its own functions, and every one of those is called on the loop: by the engine,
// its shards and transfers, which are all of LoopActor. So a callback is on the loop, and its isolation, which is no
// part of a function's representation, can be cast away. A closure that checks it is allocated for each callback,
// which was about five allocations for every upstream request.

/// CURLOPT_SOCKOPTFUNCTION.
private func opened(_ context: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ purpose: curlsocktype) -> CInt {
    unsafeBitCast(
        openedOnLoop as @LoopActor (UnsafeMutableRawPointer?, curl_socket_t, curlsocktype) -> CInt,
        to: ((UnsafeMutableRawPointer?, curl_socket_t, curlsocktype) -> CInt).self)(context, socket, purpose)
}

/// CURLOPT_CLOSESOCKETFUNCTION.
private func closed(_ context: UnsafeMutableRawPointer?, _ socket: curl_socket_t) -> CInt {
    unsafeBitCast(
        closedOnLoop as @LoopActor (UnsafeMutableRawPointer?, curl_socket_t) -> CInt,
        to: ((UnsafeMutableRawPointer?, curl_socket_t) -> CInt).self)(context, socket)
}

/// libcurl opened a socket for a connection.
@LoopActor
private func openedOnLoop(
    _ context: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ purpose: curlsocktype
) -> CInt {
    guard let context else { return CURL_SOCKOPT_ERROR }
    Unmanaged<SocketTable>.fromOpaque(context).takeUnretainedValue().noteOpened(socket)
    return CURL_SOCKOPT_OK
}

/// libcurl wants a connection's socket closed.
@LoopActor
private func closedOnLoop(_ context: UnsafeMutableRawPointer?, _ socket: curl_socket_t) -> CInt {
    if let context, !Unmanaged<SocketTable>.fromOpaque(context).takeUnretainedValue().mayClose(socket) { return 0 }
    return close(socket)
}
