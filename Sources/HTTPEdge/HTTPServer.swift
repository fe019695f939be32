import FanOut
import Glibc
package import Loop
import NIOCore
import NIOHTTP1
import NIOPosix

/// HTTP/1.1 on listening sockets that were opened elsewhere: their connections, and the end of them.
@LoopActor
package final class HTTPServer {
    let limits: EdgeLimits
    let handler: any RequestHandler
    var writer = ResponseWriter()
    /// Each channel keeps the buffer of its last read, which grows with what is read: NIO begins with 2 KiB, most of it idle.
    private static let reads = AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 512, maximum: 65_536)

    private var listeners: [Listener] = []
    private var connections: [ObjectIdentifier: Connection] = [:]
    package private(set) var isDraining = false
    private var onDrained: (() -> Void)?
    /// Accepted sockets that NIO has not made channels of yet.
    private var arriving = 0

    package init(_ handler: any RequestHandler, limits: EdgeLimits) {
        self.handler = handler
        self.limits = limits
    }

    /// Serves a listening socket, which it owns from now on.
    ///
    /// The socket must not block.
    package func serve(_ descriptor: CInt) {
        listeners.append(Listener(descriptor, self))
    }

    /// Takes no new connection, answers what is in progress with `Connection: close`, and calls when all are gone.
    package func drain(grace: Duration = .milliseconds(250), _ onDrained: @escaping () -> Void) {
        guard !isDraining else { return }
        isDraining = true
        self.onDrained = onDrained
        for listener in listeners { listener.stop(takesQueue: true) }
        listeners = []
        for connection in connections.values { connection.drain(grace: grace) }
        reportDrained()
    }

    private func reportDrained() {
        guard isDraining, connections.isEmpty, arriving == 0, let onDrained else { return }
        self.onDrained = nil
        onDrained()
    }

    func accepted(_ socket: CInt) {
        var one: CInt = 1
        // An answer is one write, and must not wait for an acknowledgement; on a unix socket this fails, and need not work.
        setsockopt(socket, CInt(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
        // The socket takes no more than it can soon send (tcp(7)): large answers go out in turns, and wait here, once.
        var unsent = CInt(limits.unsentBytes)
        setsockopt(socket, CInt(IPPROTO_TCP), TCP_NOTSENT_LOWAT, &unsent, socklen_t(MemoryLayout<CInt>.size))
        arriving += 1
        let accepted = ClientBootstrap(group: LoopActor.loop)
            .channelOption(.recvAllocator, value: Self.reads)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try LoopActor.assumeIsolated { try self.open(channel) }
                }
            }
            .withConnectedSocket(socket)
        accepted.assumeIsolated().whenComplete { result in
            LoopActor.assumeIsolated {
                self.arriving -= 1
                // A client that went away before it was looked at.
                if case .failure = result { self.reportDrained() }
            }
        }
    }

    private func open(_ channel: any Channel) throws {
        let connection = Connection(channel, self)
        var parsing = NIOHTTPDecoderLimitConfiguration()
        parsing.maxHeaderFieldSize = limits.headerBytes
        parsing.maxHeaderListSize = limits.headerBytes
        parsing.maxHeaderFieldCount = limits.headerFields
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: parsing)
        try channel.pipeline.syncOperations.addHandlers([
            ArrivalHandler(connection), ByteToMessageHandler(decoder), ConnectionHandler(connection, self),
        ])
        connections[ObjectIdentifier(connection)] = connection
        handler.connectionOpened()
        connection.opened()
        // The peer's queue was served after the drain began: this connection gets its one answer.
        if isDraining { connection.drain(grace: .milliseconds(250)) }
    }

    func closed(_ connection: Connection) {
        connection.closed()
        guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        handler.connectionClosed()
        reportDrained()
    }
}
