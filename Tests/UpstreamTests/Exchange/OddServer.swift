import Glibc
import NIOCore
import NIOPosix
import Processes

/// Serves the answer of number N to a request for /N, byte for byte, and a plain one to /after.
final class OddServer: Sendable {
    /// The body of the answer to /after.
    static let afterword = "afterword"

    private let channel: any Channel
    private let connections: ConnectionList

    var port: UInt16 { UInt16(channel.localAddress?.port ?? 0) }

    private init(_ channel: any Channel, _ connections: ConnectionList) {
        self.channel = channel
        self.connections = connections
    }

    static func start(
        _ answers: [OddAnswer], host: String = "127.0.0.1", port: UInt16 = 0
    ) async throws -> OddServer {
        let connections = ConnectionList()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1_024)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        OddConnection(answers, number: connections.add(channel), connections))
                }
            }
            .bind(host: host, port: Int(port)).get()
        return OddServer(channel, connections)
    }

    /// The connections on which a path was asked for, by number, in their order.
    func connections(of path: String) -> [Int] { connections.numbers(of: path) }

    /// How many connections it ever had.
    var count: Int { connections.count }

    /// Closes all it has.
    func stop() async throws {
        try await channel.close()
        connections.closeAll()
    }
}

/// The connections of a server and what was asked for on them.
private final class ConnectionList: Sendable {
    private let state = Locked<(channels: [any Channel], asked: [(path: String, number: Int)])>(([], []))

    func add(_ channel: any Channel) -> Int {
        state.withLock {
            $0.channels.append(channel)
            return $0.channels.count
        }
    }

    var count: Int { state.withLock { $0.channels.count } }

    func note(_ path: String, _ number: Int) { state.withLock { $0.asked.append((path, number)) } }

    func numbers(of path: String) -> [Int] { state.withLock { $0.asked.filter { $0.path == path }.map(\.number) } }

    func closeAll() {
        for channel in state.withLock({ $0.channels }) { channel.close(promise: nil) }
    }
}

/// One connection: reads heads of requests, and writes what the paths stand for.
private final class OddConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let answers: [OddAnswer]
    private let number: Int
    private let connections: ConnectionList
    private var read: [UInt8] = []

    init(_ answers: [OddAnswer], number: Int, _ connections: ConnectionList) {
        self.answers = answers
        self.number = number
        self.connections = connections
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        read += unwrapInboundIn(data).readableBytesView
        guard read.suffix(4) == [0x0D, 0x0A, 0x0D, 0x0A] else { return }
        let words = String(decoding: read, as: UTF8.self).split(separator: " ")
        read = []
        guard words.count > 1 else { return context.close(promise: nil) }
        // Lane and number, as in /plain/7.
        let path = String(words[1])
        connections.note(path, number)
        let last = path.split(separator: "/").last ?? ""
        guard let index = Int(last), answers.indices.contains(index) else {
            return write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n\(OddServer.afterword)".utf8, context)
        }
        write(answers[index].bytes, context)
        switch answers[index].then {
        case .keeps: break
        case .closes: context.close(promise: nil)
        case .resets:
            // With nothing to wait for, close(2) sends RST (socket(7), SO_LINGER).
            let loopBound = NIOLoopBound(context, eventLoop: context.eventLoop)
            (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
                .whenComplete { _ in loopBound.value.close(promise: nil) }
        }
    }

    private func write(_ bytes: some Sequence<UInt8>, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
    }

    typealias OutboundOut = ByteBuffer
}
