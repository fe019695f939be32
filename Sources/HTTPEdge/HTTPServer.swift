package import Access
import Base
import Glibc
import HTTP
package import Loop

/// HTTP/1.1 on listening sockets that were opened elsewhere: their connections, and the end of them.
@LoopActor
package final class HTTPServer {
    let limits: EdgeLimits
    let handler: any RequestHandler
    /// How fast requests are to come, and answers to be taken.
    let arrival, departure: Pace
    /// For the bytes of one read, so that connections need no memory for it; a server lives as long as its process.
    let input: UnsafeMutableBufferPointer<UInt8>
    private var writer = ResponseWriter()
    /// For the bytes of one answer.
    private var assembled: [UInt8] = []

    /// Whose word on their clients counts.
    let proxies: TrustedProxies
    private var listeners: [Listener] = []
    /// By descriptor.
    private var connections: [CInt: Connection] = [:]
    /// Nil where a client may have as many connections as there may be.
    private var peers: PeerCounts?
    package private(set) var isDraining = false
    private var onDrained: (() -> Void)?

    private let share: (@LoopActor () -> AcceptShare)?

    /// - Parameter share: What this server and those it shares its sockets with hold together; nil when it is alone.
    package init(
        _ handler: any RequestHandler, limits: EdgeLimits, proxies: TrustedProxies = .local,
        share: (@LoopActor () -> AcceptShare)? = nil
    ) {
        self.proxies = proxies
        self.handler = handler
        self.limits = limits
        arrival = Pace(grace: limits.headerTimeout, bytesPerSecond: limits.leastRate)
        departure = Pace(grace: limits.writeTimeout, bytesPerSecond: limits.leastRate)
        peers = limits.connectionsPerClient.map { PeerCounts(limit: $0) }
        self.share = share
        input = .allocate(capacity: max(limits.readBytes, limits.bodyReadBytes))
    }

    /// Serves a listening socket, which it owns from now on.
    ///
    /// The socket must not block.
    package func serve(_ descriptor: CInt) {
        listeners.append(Listener(descriptor, self))
    }

    /// Takes no new connection, answers what is in progress with `Connection: close`, and calls when all are gone.
    package func drain(_ onDrained: @escaping () -> Void) {
        guard !isDraining else { return }
        isDraining = true
        self.onDrained = onDrained
        // Connections that wait in the queue get their one answer.
        for listener in listeners { listener.stop(takesQueue: true) }
        listeners = []
        handler.drains()
        for connection in connections.values { connection.drain() }
        reportDrained()
    }

    private func reportDrained() {
        guard isDraining, connections.isEmpty, let onDrained else { return }
        self.onDrained = nil
        onDrained()
    }

    /// Whether the next connection is for this server, and not rather for one that holds fewer.
    var mayAccept: Bool { hasRoom && share?().admits(connections.count) ?? true }

    /// Whether it may have one more.
    var hasRoom: Bool { connections.count < limits.connections }

    func accepted(_ socket: CInt) {
        var one: CInt = 1
        // An answer must not wait for an acknowledgement; on a unix socket this fails, and need not work.
        setsockopt(socket, CInt(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
        // The socket takes no more than it can soon send (tcp(7)): large answers go out in turns, and wait here, once.
        var unsent = CInt(limits.unsentBytes)
        setsockopt(socket, CInt(IPPROTO_TCP), TCP_NOTSENT_LOWAT, &unsent, socklen_t(MemoryLayout<CInt>.size))
        let connection = Connection(socket, self)
        connections[socket] = connection
        handler.connectionOpened()
        // Behind a proxy that is trusted are many clients.
        if peers != nil, !connection.isFromProxy {
            connection.isCounted = peers?.add(connection.client) ?? false
            guard connection.isCounted else { return connection.close() }
        }
        connection.open()
    }

    /// The bytes of an answer with a body, good until the next one.
    func assemble(_ response: Response, _ option: ResponseWriter.ConnectionOption, body: [UInt8]) -> [UInt8] {
        assembled.removeAll(keepingCapacity: true)
        writer.write(head: response, .length(response.body.count), connection: option, to: &assembled)
        assembled.append(contentsOf: body)
        return assembled
    }

    /// Appends the head of an answer.
    func write(
        _ head: Response, _ framing: BodyFraming, _ option: ResponseWriter.ConnectionOption, to bytes: inout [UInt8]
    ) {
        writer.write(head: head, framing, connection: option, to: &bytes)
    }

    func closed(_ descriptor: CInt) {
        guard let connection = connections.removeValue(forKey: descriptor) else { return }
        if connection.isCounted { peers?.remove(connection.client) }
        handler.connectionClosed()
        reportDrained()
    }
}
