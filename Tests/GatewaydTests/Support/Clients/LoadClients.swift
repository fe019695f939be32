import NIOCore
import NIOHTTP1
import NIOPosix
import Processes

/// What keep-alive clients saw until they were stopped.
struct LoadResult: Sendable {
    var answered = 0
    /// Answers other than 200, and connections that were refused, reset or closed under a request.
    var failures: [String] = []
    /// Answers of each connection.
    var answersPerConnection: [Int]
    /// The longest time between a request and its answer.
    var slowest: Duration = .zero
}

/// Closed-loop clients: each connection sends its next request when it has its answer, until told to stop.
final class LoadClients: Sendable {
    private let state: Locked<LoadResult>
    private let isStopping = Locked(false)
    private let open = Locked(0)
    private let connections: Int
    private let body: [UInt8]?
    private let limit: Int
    private let reconnects: Bool

    /// Where they connect to.
    enum Destination: Sendable {
        case port(Int)
        case unixSocket(String)
    }

    /// Begins at once with a port of 127.0.0.1.
    static func start(
        port: Int, connections: Int, path: String, body: String? = nil, reconnects: Bool = false, limit: Int = .max
    ) -> LoadClients {
        start(.port(port), connections: connections, path: path, body: body, reconnects: reconnects, limit: limit)
    }

    /// Begins at once; each connection has its own failure count, none ends the others.
    ///
    /// - Parameters:
    ///   - body: What every answer's body is to be; nil: whatever comes.
    ///   - reconnects: Whether a connection that the server ends with `Connection: close` is followed by another one.
    ///   - limit: Requests of all connections together, after which they stop by themselves.
    static func start(
        _ destination: Destination, connections: Int, path: String, body: String? = nil, reconnects: Bool = false,
        limit: Int = .max
    ) -> LoadClients {
        let clients = LoadClients(connections, body, limit, reconnects)
        for index in 0..<connections { clients.connect(index, destination, path) }
        return clients
    }

    /// The same over a unix socket, where connections that end are followed by others.
    static func start(socketPath: String, connections: Int, path: String) -> LoadClients {
        start(.unixSocket(socketPath), connections: connections, path: path, reconnects: true)
    }

    private init(_ connections: Int, _ body: String?, _ limit: Int, _ reconnects: Bool) {
        self.connections = connections
        self.body = body.map { Array($0.utf8) }
        self.limit = limit
        self.reconnects = reconnects
        state = Locked(LoadResult(answersPerConnection: Array(repeating: 0, count: connections)))
    }

    /// Answers so far.
    var answered: Int { state.withLock { $0.answered } }

    /// Failures so far.
    var failures: [String] { state.withLock { $0.failures } }

    /// The fewest answers any connection has had.
    var fewestPerConnection: Int { state.withLock { $0.answersPerConnection.min() ?? 0 } }

    /// Whether all connections have had their last answer, which is after `limit`.
    var areDone: Bool { open.withLock { $0 } == 0 }

    /// Lets each connection have its last answer, then tells what was seen.
    func stop() async -> LoadResult {
        isStopping.withLock { $0 = true }
        do {
            try await waitUntil("the last answers were there") { open.withLock { $0 } == 0 }
        } catch {
            failed("\(error): \(open.withLock { $0 }) connections without an answer")
        }
        return state.withLock { $0 }
    }

    private func connect(_ index: Int, _ destination: Destination, _ path: String) {
        open.withLock { $0 += 1 }
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(LoadHandler(self, index, destination, path))
                }
            }
            .connectTimeout(.seconds(30))
        let channel =
            switch destination {
            case .port(let port): bootstrap.connect(host: "127.0.0.1", port: port)
            case .unixSocket(let path): bootstrap.connect(unixDomainSocketPath: path)
            }
        channel.whenFailure { error in
            self.failed("connect: \(error)")
            self.ended()
        }
    }

    /// Follows a connection that the server has ended as it should.
    fileprivate func follow(_ index: Int, _ destination: Destination, _ path: String) {
        if reconnects { connect(index, destination, path) }
    }

    fileprivate func ended() { open.withLock { $0 -= 1 } }

    fileprivate func failed(_ why: String) {
        state.withLock { $0.failures.append(why) }
    }

    /// Notes an answer; whether another request is to follow.
    fileprivate func answered(_ index: Int, status: Int, _ bytes: [UInt8], after elapsed: Duration) -> Bool {
        let isMore = state.withLock { state in
            state.answered += 1
            state.answersPerConnection[index] += 1
            state.slowest = max(state.slowest, elapsed)
            if status != 200 || (body ?? bytes) != bytes {
                state.failures.append("status \(status): \(String(decoding: bytes.prefix(200), as: UTF8.self))")
            }
            // As many as there are connections are under way when the limit is met.
            return state.answered + connections <= limit
        }
        return isMore && !isStopping.withLock { $0 }
    }
}

/// One keep-alive client.
private final class LoadHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let clients: LoadClients
    private let index: Int
    private let destination: LoadClients.Destination
    private let path: String
    private var status = 0
    private var body: [UInt8] = []
    private var sent = ContinuousClock.now
    private var isWaiting = false
    private var keepsAlive = true

    init(_ clients: LoadClients, _ index: Int, _ destination: LoadClients.Destination, _ path: String) {
        self.clients = clients
        self.index = index
        self.destination = destination
        self.path = path
    }

    func channelActive(context: ChannelHandlerContext) {
        send(context)
    }

    private func send(_ context: ChannelHandlerContext) {
        isWaiting = true
        sent = .now
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: path, headers: ["Host": "gateway.test"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            status = Int(head.status.code)
            keepsAlive = head.isKeepAlive
            body.removeAll(keepingCapacity: true)
        case .body(let bytes): body.append(contentsOf: bytes.readableBytesView)
        case .end:
            isWaiting = false
            let goesOn = clients.answered(index, status: status, body, after: .now - sent)
            if goesOn, keepsAlive { return send(context) }
            if goesOn { clients.follow(index, destination, path) }
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if isWaiting { clients.failed("closed without an answer") }
        clients.ended()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if isWaiting { clients.failed("\(error)") }
        isWaiting = false
        context.close(promise: nil)
    }
}
