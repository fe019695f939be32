import Access
import HTTP
import HTTPEdge
import Loop
import Processes
import Synchronization

/// A server on a loopback port of its own, whose requests the test answers.
@LoopActor
final class TestServer {
    typealias Reply = @LoopActor (Response) -> Void
    typealias Respond = @LoopActor (Request, Client, @escaping Reply) -> Void

    /// Listeners hold their server without keeping it: it lives as long as its process, and so do those of tests.
    private static var all: [HTTPServer] = []

    nonisolated let address: SocketAddress
    let handler: TestHandler
    let server: HTTPServer

    /// What a client is allowed in tests that are not about time: all tests run at once, and one may have to wait for others.
    nonisolated private static var patient: EdgeLimits {
        var limits = EdgeLimits()
        limits.client.times.header = .seconds(300)
        return limits
    }

    /// - Parameter respond: Answers each request; nil leaves them to `handler.next()`.
    init(
        _ limits: EdgeLimits = patient, proxies: TrustedProxies = .local, respond: Respond? = nil
    ) throws {
        let socket = try ListeningSocket(bindingTo: SocketAddress(host: "127.0.0.1", port: 0))
        address = socket.address
        handler = TestHandler(respond)
        server = HTTPServer(handler, limits: limits, proxies: proxies)
        server.serve(try socket.descriptor.duplicate().handOn())
        Self.all.append(server)
    }

    /// Answers every request at once with its method, its target and its body.
    static func echo(_ limits: EdgeLimits = patient) throws -> TestServer {
        try TestServer(limits) { request, _, reply in reply(.echo(request)) }
    }
}

/// Who answers a test's requests, and what came to pass meanwhile.
@LoopActor
final class TestHandler: RequestHandler {
    /// A request that waits for its answer.
    struct Held {
        var request: Request
        var client: Client
        var reply: TestServer.Reply
    }

    private let respond: TestServer.Respond?
    private var reading = BodyReading.whole
    private var held: [Held] = []
    private var onHeld: (() -> Void)?
    private var onClosed: (() -> Void)?
    private(set) var opened = 0
    private(set) var closed = 0
    private(set) var refusals: [Int] = []

    init(_ respond: TestServer.Respond?) {
        self.respond = respond
    }

    /// The next request that waits for an answer, as soon as there is one.
    func next() async -> Held {
        while held.isEmpty {
            await withCheckedContinuation { waiter in onHeld = { waiter.resume() } }
        }
        return held.removeFirst()
    }

    /// How many requests wait for an answer.
    var heldCount: Int { held.count }

    /// Waits until so many connections are closed.
    func closed(_ count: Int) async {
        while closed < count {
            await withCheckedContinuation { waiter in onClosed = { waiter.resume() } }
        }
    }

    func respond(to request: Request, of client: Client) {
        if let respond { return respond(request, client) { client.answer($0) } }
        held.append(Held(request: request, client: client) { client.answer($0) })
        onHeld?()
        onHeld = nil
    }

    /// How bodies are read from now on.
    func read(_ reading: BodyReading) { self.reading = reading }

    func bodyReading(of head: RequestHead) -> BodyReading { reading }

    func refused(_ status: Int, client: String) { refusals.append(status) }

    func connectionOpened() { opened += 1 }

    func connectionClosed() {
        closed += 1
        onClosed?()
        onClosed = nil
    }
}

extension Response {
    /// What came with a request.
    static func echo(_ request: Request) -> Response {
        let body = String(decoding: request.body, as: UTF8.self)
        return Response(status: 200, body: Array("\(request.method) \(request.target) \(body)".utf8))
    }

    /// A body of that text.
    static func text(_ text: String) -> Response { Response(status: 200, body: Array(text.utf8)) }
}
