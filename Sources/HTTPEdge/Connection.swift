package import FanOut
package import Loop
import NIOCore
import NIOHTTP1
import Processes

/// Who answers requests.
@LoopActor
package protocol RequestHandler: AnyObject {
    /// Answers one request, at once or later, by one call of `answer` on the loop; the client says when it goes away.
    ///
    /// A callback and not an async function: optimised builds resumed a request's task on the global executor, which
    /// hops to another thread and back for every request.
    func respond(to request: Request, of client: Client, answer: @escaping @LoopActor (Response) -> Void)
    /// A request was refused before it could be read whole.
    func refused(_ status: Int, client: String)
    func connectionOpened()
    func connectionClosed()
}

/// One client's connection: requests in, answers out in the same order, one in progress at a time.
@LoopActor
final class Connection {
    private enum Phase: Equatable {
        /// Between requests since then.
        case idle(since: MonotonicTime)
        /// In the middle of a request that began then.
        case reading(since: MonotonicTime)
        case answering
        /// The last answer is out; what still comes is not looked at.
        case lingering(since: MonotonicTime)
        case closed
    }

    private let channel: any Channel
    private unowned let server: HTTPServer
    private let client: String
    private var assembler: RequestAssembler
    private var phase: Phase
    private var waiting: CircularBuffer<IncomingRequest> = []
    /// What to answer once those that wait have been: the request after them cannot be read.
    private var refusal: Response?
    /// Who waits for the answer in progress.
    private var waiter: Client?
    private var timer: Scheduled<Void>?
    private var isReading = true
    private var hasRequests = false

    init(_ channel: any Channel, _ server: HTTPServer) {
        self.channel = channel
        self.server = server
        client = channel.remoteAddress.map(Self.describe) ?? "unix:"
        assembler = RequestAssembler(limits: server.limits, client: client)
        phase = .idle(since: .now())
    }

    private static func describe(_ address: NIOCore.SocketAddress) -> String {
        switch address {
        case .v4, .v6:
            let ip = address.ipAddress ?? "?"
            let host = ip.utf8.contains(UInt8(ascii: ":")) ? "[\(ip)]" : ip
            return "\(host):\(address.port ?? 0)"
        case .unixDomainSocket: return "unix:"
        }
    }

    func opened() {
        arm(server.limits.headerTimeout)
    }

    /// Bytes came, which may be less than a request.
    func bytesArrived() {
        if case .idle = phase { phase = .reading(since: .now()) }
    }

    func read(_ part: HTTPServerRequestPart) {
        switch assembler.take(part, at: .now()) {
        case .none: break
        case .expectsContinue:
            if phase != .answering { write(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n")) }
        case .request(let request):
            waiting.append(request)
            answerNext()
        case .refusal(let status, let detail): refuse(status, detail)
        }
    }

    /// The bytes are no request; the connection ends once the requests before them are answered.
    func failed(_ error: any Error) {
        switch error as? HTTPParserError {
        case .headerOverflow: refuse(431, "The header is longer or has more fields than is taken.")
        case .invalidVersion: refuse(505, "Only HTTP/1.0 and HTTP/1.1 are spoken here.")
        case .invalidEOFState, .closedConnection: break
        case .some: refuse(400, "The request is not well formed.")
        case nil: channel.close(promise: nil)
        }
    }

    private func refuse(_ status: Int, _ detail: String) {
        guard refusal == nil else { return }
        refusal = Problem(status, detail).response
        server.handler.refused(status, client: client)
        answerNext()
    }

    private func answerNext() {
        switch phase {
        case .answering, .lingering, .closed: setReading(waiting.count < server.limits.pipelined)
        case .idle, .reading:
            if let next = waiting.popFirst() {
                answer(next)
            } else if let refusal {
                send(refusal, to: nil)
            }
        }
    }

    private func answer(_ incoming: IncomingRequest) {
        phase = .answering
        hasRequests = true
        let waiter = Client()
        self.waiter = waiter
        server.handler.respond(to: incoming.request, of: waiter) { [self] response in
            if phase == .answering { send(response, to: incoming) }
        }
    }

    private func send(_ response: Response, to incoming: IncomingRequest?) {
        let hasMore = !waiting.isEmpty || (incoming != nil && refusal != nil)
        // What was refused is not read to its end: closing at once would reset the connection under the answer.
        let lingers = incoming == nil || server.isDraining
        let isLast = !(incoming?.keepsAlive ?? false) || (server.isDraining && !hasMore)
        let option: ResponseWriter.ConnectionOption =
            isLast ? .close : incoming?.isHTTP10 == true ? .keepAlive : .implied
        if incoming?.request.method == "HEAD" || response.body.count <= server.limits.writeBytes {
            write(
                server.writer.bytes(
                    response, omitsBody: incoming?.request.method == "HEAD", connection: option,
                    allocator: channel.allocator))
            sent(isLast: isLast, lingers: lingers)
        } else {
            write(
                server.writer.bytes(response, omitsBody: true, connection: option, allocator: channel.allocator))
            writeBody(response.body[...]) { [self] in sent(isLast: isLast, lingers: lingers) }
        }
    }

    /// Writes a large body piece by piece, each when the socket has taken the one before: no copy of the whole is made.
    private func writeBody(_ body: ArraySlice<UInt8>, done: @escaping @LoopActor () -> Void) {
        let piece = body.prefix(server.limits.writeBytes)
        let written = channel.writeAndFlush(channel.allocator.buffer(bytes: piece))
        let rest = body.dropFirst(piece.count)
        written.assumeIsolated().whenSuccess { [self] in
            LoopActor.assumeIsolated { rest.isEmpty ? done() : writeBody(rest, done: done) }
        }
    }

    /// The answer is written; the connection waits for the next request, or ends.
    private func sent(isLast: Bool, lingers: Bool) {
        if isLast { return end(lingers: lingers) }
        waiter = nil
        phase = .idle(since: .now())
        setReading(true)
        answerNext()
    }

    private func write(_ buffer: ByteBuffer) {
        channel.writeAndFlush(buffer, promise: nil)
    }

    /// The answer that ends the connection is written.
    private func end(lingers: Bool) {
        phase = .lingering(since: .now())
        waiter = nil
        setReading(true)
        if lingers {
            channel.close(mode: .output, promise: nil)
            timer?.cancel()
            arm(server.limits.linger)
        } else {
            channel.close(promise: nil)
        }
    }

    private func setReading(_ reads: Bool) {
        guard reads != isReading else { return }
        isReading = reads
        try? channel.syncOptions?.setOption(.autoRead, value: reads)
    }

    /// No further request is taken: the answer in progress is the last.
    ///
    /// An idle connection gets `grace` for a request that is on its way, since RFC 9112 section 9.6 has no other way to
    /// tell the client.
    func drain(grace: Duration) {
        guard case .idle = phase else { return }
        timer?.cancel()
        arm(grace)
    }

    func closed() {
        phase = .closed
        waiter?.leave()
        timer?.cancel()
        waiting.removeAll()
    }

    /// One timer for the life of a connection: when it fires it looks how long the current phase may last.
    private func arm(_ duration: Duration) {
        timer = LoopActor.loop.scheduleTask(deadline: NIODeadline(MonotonicTime.now() + duration)) {
            LoopActor.assumeIsolated { self.timerFired() }
        }
    }

    private func timerFired() {
        let limits = server.limits
        let now = MonotonicTime.now()
        switch phase {
        case .idle(let since):
            let limit = server.isDraining ? .zero : hasRequests ? limits.keepAliveIdle : limits.headerTimeout
            if now >= since + limit { channel.close(promise: nil) } else { arm((since + limit).since(now)) }
        case .reading(let since):
            if now >= since + limits.headerTimeout {
                refuse(408, "The request did not arrive within \(limits.headerTimeout).")
            } else {
                arm((since + limits.headerTimeout).since(now))
            }
        case .answering: arm(limits.headerTimeout)
        case .lingering: channel.close(promise: nil)
        case .closed: break
        }
    }
}
