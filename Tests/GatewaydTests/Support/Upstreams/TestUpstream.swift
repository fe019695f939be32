import NIOCore
import NIOHTTP1
import NIOPosix
import Processes

/// An upstream server inside the test process, on a port of 127.0.0.1 that the kernel chose.
final class TestUpstream: Sendable {
    private struct State {
        var behaviours: [String: Behaviour] = [:]
        var seen: [String: [SeenRequest]] = [:]
        var disconnects: [String: Int] = [:]
        var inFlight: [String: Int] = [:]
        var mostInFlight = 0
        var held: [String: [EventLoopPromise<Void>]] = [:]
        var answered = 0
        var closed = 0
    }

    private let state = Locked(State())
    private let channel = Locked<(any Channel)?>(nil)

    static func start() async throws -> TestUpstream {
        let upstream = TestUpstream()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 4_096)
            .childChannelOption(.allowRemoteHalfClosure, value: false)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(TestUpstreamHandler(upstream))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        upstream.channel.withLock { $0 = channel }
        return upstream
    }

    deinit { channel.withLock { $0?.close(promise: nil) } }

    var port: Int { channel.withLock { $0?.localAddress?.port } ?? 0 }
    /// As a configuration names it.
    var url: String { "http://127.0.0.1:\(port)" }

    /// Says what requests to a path (without query) get; 404 where nothing was said.
    func on(_ path: String, _ behaviour: Behaviour) {
        state.withLock { $0.behaviours[path] = behaviour }
    }

    /// The requests to a path so far.
    func requests(_ path: String) -> [SeenRequest] {
        state.withLock { $0.seen[path] ?? [] }
    }

    /// How many clients went away from a path before they had their answer.
    func disconnects(_ path: String) -> Int {
        state.withLock { $0.disconnects[path] ?? 0 }
    }

    /// Requests to a path that wait for their answer.
    func inFlight(_ path: String) -> Int {
        state.withLock { $0.inFlight[path] ?? 0 }
    }

    /// The most requests that ever waited at once, over all paths.
    var mostInFlight: Int { state.withLock { $0.mostInFlight } }

    /// Answers given, over all paths.
    var answered: Int { state.withLock { $0.answered } }

    /// Connections that have ended, whoever closed them.
    var closed: Int { state.withLock { $0.closed } }

    /// Answers the requests that `hold` keeps, and lets later ones through.
    func release(_ path: String) {
        let held = state.withLock { state in
            if case .hold(let then) = state.behaviours[path] { state.behaviours[path] = then }
            return state.held.removeValue(forKey: path) ?? []
        }
        for promise in held { promise.succeed(()) }
    }

    fileprivate func connectionEnded() { state.withLock { $0.closed += 1 } }

    fileprivate func arrived(_ path: String, _ request: SeenRequest) -> Behaviour {
        state.withLock { state in
            state.seen[path, default: []].append(request)
            state.inFlight[path, default: 0] += 1
            state.mostInFlight = max(state.mostInFlight, state.inFlight.values.reduce(0, +))
            return state.behaviours[path] ?? .status(404, "{}")
        }
    }

    fileprivate func ended(_ path: String, isAnswered: Bool) {
        state.withLock { state in
            state.inFlight[path, default: 0] -= 1
            if isAnswered { state.answered += 1 } else { state.disconnects[path, default: 0] += 1 }
        }
    }

    /// Keeps the promise until the path is released; keeps it at once where that has happened already.
    fileprivate func hold(_ path: String, _ promise: EventLoopPromise<Void>) {
        let isHeld = state.withLock { state in
            guard case .hold = state.behaviours[path] else { return false }
            state.held[path, default: []].append(promise)
            return true
        }
        if !isHeld { promise.succeed(()) }
    }
}

/// One connection to a test's upstream.
private final class TestUpstreamHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let upstream: TestUpstream
    private var head: HTTPRequestHead?
    private var body = ""
    /// The path of the request that has no answer yet.
    private var pending: String?

    init(_ upstream: TestUpstream) {
        self.upstream = upstream
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(let bytes): body += String(buffer: bytes)
        case .end:
            guard let head else { return }
            let path = String(head.uri.split(separator: "?", maxSplits: 1)[0])
            pending = path
            let request = SeenRequest(
                method: head.method.rawValue, target: head.uri, headers: head.headers.map { $0 }, body: body,
                arrived: .now)
            body = ""
            perform(upstream.arrived(path, request), path, context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(isAnswered: false)
        upstream.connectionEnded()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func end(isAnswered: Bool) {
        guard let path = pending else { return }
        pending = nil
        upstream.ended(path, isAnswered: isAnswered)
    }

    private func perform(_ behaviour: Behaviour, _ path: String, _ context: ChannelHandlerContext) {
        let here = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        switch behaviour {
        case .json(let body): answer(200, body, [], context)
        case .status(let status, let body): answer(status, body, [], context)
        case .answer(let status, let fields, let body): answer(status, body, fields, context)
        case .delay(let duration, let then):
            context.eventLoop.scheduleTask(in: TimeAmount(duration)) {
                let (handler, context) = here.value
                handler.perform(then, path, context)
            }
        case .hold(let then):
            let promise = context.eventLoop.makePromise(of: Void.self)
            promise.futureResult.whenSuccess {
                let (handler, context) = here.value
                handler.perform(then, path, context)
            }
            upstream.hold(path, promise)
        case .never: break
        case .reset:
            end(isAnswered: true)
            reset(context)
        case .closeEarly: raw(Array("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half\":".utf8), .close, context)
        case .raw(let text): raw(Array(text.utf8), .close, context)
        case .bytes(let bytes, let then): raw(bytes, then, context)
        }
    }

    private func answer(
        _ status: Int, _ body: String, _ fields: [(String, String)], _ context: ChannelHandlerContext
    ) {
        guard pending != nil else { return }
        end(isAnswered: true)
        var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status))
        head.headers.add(name: "Content-Type", value: "application/json")
        for (name, value) in fields { head.headers.add(name: name, value: value) }
        if status != 204 { head.headers.add(name: "Content-Length", value: "\(body.utf8.count)") }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if status != 204 { context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func reset(_ context: ChannelHandlerContext) {
        let here = NIOLoopBound(context, eventLoop: context.eventLoop)
        let linger = linger(l_onoff: 1, l_linger: 0)
        (context.channel as? any SocketOptionProvider)?.setSoLinger(linger).whenComplete { _ in
            here.value.close(promise: nil)
        }
    }

    /// Writes past the encoder, and then does what is to come after.
    private func raw(_ bytes: [UInt8], _ then: RawEnd, _ context: ChannelHandlerContext) {
        switch then {
        case .close, .reset: end(isAnswered: true)
        case .stay, .endless, .drip: break
        }
        guard let encoder = try? context.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self) else {
            return context.close(promise: nil)
        }
        let here = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        encoder.writeAndFlush(NIOAny(ByteBuffer(bytes: bytes))).whenComplete { result in
            let (handler, context) = here.value
            guard case .success = result, context.channel.isActive else { return context.close(promise: nil) }
            switch then {
            case .close: context.close(promise: nil)
            case .reset: handler.reset(context)
            case .stay: break
            case .endless(let bytes): handler.raw(bytes, then, context)
            case .drip(let byte):
                context.eventLoop.scheduleTask(in: .milliseconds(20)) {
                    let (handler, context) = here.value
                    if context.channel.isActive { handler.raw([byte], then, context) }
                }
            }
        }
    }
}
