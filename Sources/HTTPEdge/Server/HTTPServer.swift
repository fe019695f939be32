package import Access
import Base
import Glibc
import HTTP
package import Loop
import Processes

/// HTTP/1.1 on listening sockets that were opened elsewhere: their connections, and the end of them.
@LoopActor
package final class HTTPServer: ConnectionTaker, ConnectionOwner {
    private let resources: EdgeResources
    /// Whose word on their clients counts.
    private let proxies: TrustedProxies
    private var listeners: [Listener] = []
    /// By descriptor.
    private var connections: [CInt: Connection] = [:]
    /// Nil where a client may have as many connections as there may be.
    private var peers: PeerCounts?
    private var onDrained: (() -> Void)?
    private let share: (@LoopActor () -> AcceptShare)?

    /// - Parameter share: What this server and those it shares its sockets with hold together; nil when it is alone.
    package init(
        _ handler: any RequestHandler, limits: EdgeLimits, proxies: TrustedProxies = .local,
        share: (@LoopActor () -> AcceptShare)? = nil
    ) {
        resources = EdgeResources(handler, limits)
        self.proxies = proxies
        peers = limits.client.connections.perClient.map { PeerCounts(limit: $0) }
        self.share = share
    }

    package var isDraining: Bool { resources.isDraining }

    /// Serves a listening socket, which it owns from now on.
    ///
    /// The socket must not block.
    package func serve(_ descriptor: CInt) {
        listeners.append(Listener(descriptor, self))
    }

    /// Takes no new connection, answers what is in progress with `Connection: close`, and calls when all are gone.
    package func drain(_ onDrained: @escaping () -> Void) {
        guard !isDraining else { return }
        resources.isDraining = true
        self.onDrained = onDrained
        // Connections that wait in the queue get their one answer.
        for listener in listeners { listener.stop(takesQueue: true) }
        listeners = []
        resources.handler.drains()
        for connection in connections.values { connection.drain() }
        reportDrained()
    }

    private func reportDrained() {
        guard isDraining, connections.isEmpty, let onDrained else { return }
        self.onDrained = nil
        onDrained()
    }

    // MARK: Connections

    var mayAccept: Bool { hasRoom && share?().admits(connections.count) ?? true }

    var hasRoom: Bool { connections.count < resources.limits.client.connections.atOnce }

    func accepted(_ socket: CInt) {
        var one: CInt = 1
        // An answer must not wait for an acknowledgement; on a unix socket this fails, and need not work.
        setsockopt(socket, CInt(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
        // The socket takes no more than it can soon send (tcp(7)): large answers go out in turns, and wait here, once.
        var unsent = CInt(resources.limits.buffers.unsent)
        setsockopt(socket, CInt(IPPROTO_TCP), TCP_NOTSENT_LOWAT, &unsent, socklen_t(MemoryLayout<CInt>.size))
        let address = (try? SocketAddress(peerOf: socket))?.description ?? "unix:"
        var peer = Connection.Peer(address: address, isFromProxy: proxies.trust(peer: address))
        // Behind a proxy that is trusted are many clients.
        let isLimited = peers != nil && !peer.isFromProxy
        if isLimited { peer.isCounted = peers?.add(address) ?? false }
        let connection = Connection(socket, peer, resources, self)
        connections[socket] = connection
        resources.handler.connectionOpened()
        if isLimited, !peer.isCounted { connection.close() } else { connection.open() }
    }

    func closed(_ descriptor: CInt) {
        guard let connection = connections.removeValue(forKey: descriptor) else { return }
        if connection.peer.isCounted { peers?.remove(connection.peer.address) }
        resources.handler.connectionClosed()
        reportDrained()
    }
}
