import Access
import Base
import CLinux
import Glibc
import HTTP
import Loop
import Processes

/// One client's connection: requests in, answers out in the same order, one in progress at a time.
@LoopActor
final class Connection: ReadinessHandler, AnswerSink {
    enum Phase: Equatable {
        /// Between requests since then.
        case idle(since: MonotonicTime)
        /// In the middle of a request that began then.
        case reading(since: MonotonicTime)
        /// A handler has the request.
        case answering
        /// An answer is going out in pieces; while some of it waits, the socket last took some then.
        case streaming(waitingSince: MonotonicTime?)
        /// An answer is going out; the socket last took some of it then.
        case writing(since: MonotonicTime, isLast: Bool, lingers: Bool)
        /// The last answer is out; what still comes is not looked at.
        case lingering
        case closed
    }

    let descriptor: CInt
    let server: HTTPServer
    let client: String
    /// Whether it is one of those that its client may have.
    var isCounted = false
    private(set) var assembler: RequestAssembler
    var phase: Phase
    var waiting: [IncomingRequest] = []
    /// The body that is being read, where it is taken as it comes.
    private(set) var incomingBody: RequestBody?
    /// What to answer once those that wait have been: the request after them cannot be read.
    private(set) var refusal: Response?
    /// Who waits for the answer in progress.
    var waiter: Client?
    /// The body of the request in progress, where that is taken as it comes.
    var body: RequestBody?
    /// The answer in progress, when it goes out in pieces.
    var stream: ResponseStream?
    var output = OutputQueue()
    /// One timer for the life of a connection: when it fires it looks how long the current phase may last.
    private(set) lazy var timer = LoopTimer { [unowned self] in timerFired() }
    private(set) var watched: ReadyEvents = .arrivals
    /// Whether the client is a trusted proxy.
    let isFromProxy: Bool
    /// Requests that had a handler.
    var requests = 0
    /// How much of the body that comes has come, and since when; nil while none does, or nobody has room for it.
    private var arriving: (since: MonotonicTime, bytes: Int)?
    /// How much the client took while some waited for it, and since when.
    private var leaving: (since: MonotonicTime, bytes: Int)?
    /// The request that is being read waits for `100 Continue`, which it gets when its turn has come.
    var owesContinue = false
    /// Whether `answerNext` is at work further up the stack.
    var isAnswering = false
    /// Whether what waits is sent at the end of this turn, without asking whether the socket is writable.
    var flushesSoon = false

    /// Takes a connected socket, which is its own from now on.
    init(_ descriptor: CInt, _ server: HTTPServer) {
        self.descriptor = descriptor
        self.server = server
        client = (try? SocketAddress(peerOf: descriptor))?.description ?? "unix:"
        isFromProxy = server.proxies.trust(peer: client)
        assembler = RequestAssembler(limits: server.limits, client: client, isFromProxy: isFromProxy)
        phase = .idle(since: .now())
    }

    /// Begins to serve.
    func open() {
        guard Readiness.shared.add(descriptor, watched, self) else { return close() }
        timer.set(.now() + (server.isDraining ? server.limits.drainGrace : server.limits.headerTimeout))
    }

    // MARK: In

    func ready(_ descriptor: CInt, _ events: ReadyEvents) {
        if events.intersects(.writable) { flush() }
        guard phase != .closed else { return }
        if watched.intersects(.readable) {
            if events != .writable { receive(beforeEnd: events.intersects(.peerClosed)) }
        } else if events.intersects(.failed) {
            close()
        }
    }

    /// - Parameter beforeEnd: The end stands behind what there is to read, and is not told of by itself.
    private func receive(beforeEnd: Bool) {
        // Large reads are for bodies: of heads they would hold more requests than may wait.
        let size = incomingBody == nil ? server.limits.readBytes : server.input.count
        let count = CLinux_receive(descriptor, server.input.baseAddress, size)
        guard count > 0 else {
            if count == 0 || (errno != EAGAIN && errno != EINTR) { close() }
            return
        }
        // There may be more, which waits for its turn.
        if count == size || beforeEnd, watched == .arrivals { _ = Readiness.shared.modify(descriptor, watched) }
        guard phase != .lingering else { return }
        if case .idle = phase { beginReading() }
        take(UnsafeBufferPointer(rebasing: UnsafeBufferPointer(server.input)[..<count]))
    }

    private func take(_ bytes: UnsafeBufferPointer<UInt8>) {
        var cursor = 0
        while true {
            switch assembler.next(bytes, &cursor, for: server.handler) {
            case .none: return answerNext()
            case .expectsContinue: owesContinue = true
            case .request(let request):
                // Its body came without having been asked for.
                owesContinue = false
                queue(request, nil)
            case .head(let request, let framing, let limit, let expectsContinue):
                let body = RequestBody(framing, limit: limit, owesContinue: expectsContinue, of: self)
                incomingBody = body
                queue(request, body)
            case .piece(let range):
                arriving?.bytes += range.count
                incomingBody?.received(UnsafeBufferPointer(rebasing: bytes[range]))
            case .end(let trailers):
                let body = incomingBody
                incomingBody = nil
                body?.finish(.whole(trailers: trailers))
            case .refusal(let status, let detail):
                guard let incomingBody else { return refuse(status, detail) }
                // Its request has a handler, or will have: that one answers.
                incomingBody.finish(.refused(status: status, detail: detail))
                return answerNext()
            }
        }
    }

    private func queue(_ incoming: IncomingRequest, _ body: RequestBody?) {
        var incoming = incoming
        incoming.body = body
        waiting.append(incoming)
    }

    func beginReading() {
        let now = MonotonicTime.now()
        phase = .reading(since: now)
        // The timer may be set to the end of an idle time, which is longer.
        timer.setEarlier(now + server.limits.headerTimeout)
    }

    private func refuse(_ status: Int, _ detail: String) {
        guard refusal == nil else { return }
        refusal = Problem(status, detail).response
        server.handler.refused(status, client: client)
        answerNext()
    }

    func becomeIdle() {
        let now = MonotonicTime.now()
        phase = .idle(since: now)
        body = nil
        if server.isDraining { timer.setEarlier(now + server.limits.drainGrace) }
    }

    /// Watches the socket for what the connection can do something with.
    func watch() {
        guard phase != .closed else { return }
        var wanted = ReadyEvents.nothing
        // What was sent behind too many requests waits in the socket, and so at the client.
        let isFull = waiting.count >= server.limits.pipelined || incomingBody?.isFull == true
        if isFull || incomingBody == nil || incomingBody?.framing == .untilClose {
            arriving = nil
        } else if arriving == nil {
            arriving = (.now(), 0)
        }
        if !isFull || phase == .lingering { wanted = .readable }
        if !output.isEmpty, !flushesSoon { wanted = wanted.union(.writable) }
        if wanted == .readable { wanted = .arrivals }
        guard wanted != watched else { return }
        watched = wanted
        if !Readiness.shared.modify(descriptor, wanted) { close() }
    }

    // MARK: End

    func end(lingers: Bool) {
        guard lingers else { return close() }
        phase = .lingering
        shutdown(descriptor, CInt(SHUT_WR))
        timer.set(.now() + server.limits.linger)
        watch()
    }

    /// No further request is taken: the answer in progress is the last.
    ///
    /// An idle connection gets a moment for a request that is on its way, since RFC 9112 section 9.6 has no other way to
    /// tell the client.
    func drain() {
        if case .idle = phase { becomeIdle() }
    }

    func close() {
        guard phase != .closed else { return }
        phase = .closed
        timer.cancel()
        output.removeAll()
        waiting.removeAll()
        incomingBody?.leave()
        incomingBody = nil
        Readiness.shared.forget(descriptor)
        if stream?.endsWithConnection == true { resetOnClose() }
        Glibc.close(descriptor)
        stream?.leave()
        stream = nil
        let waiter = self.waiter
        self.waiter = nil
        waiter?.leave()
        server.closed(descriptor)
    }

    /// Has the client see that the connection is broken off, where the kind of socket can tell it (socket(7), SO_LINGER).
    func resetOnClose() {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    }

    private func timerFired() {
        let limits = server.limits
        let now = MonotonicTime.now()
        switch phase {
        case .idle(let since):
            if server.isDraining { return end(lingers: true) }
            let end = since + (requests > 0 ? limits.keepAliveIdle : limits.headerTimeout)
            if now >= end { close() } else { timer.set(end) }
        case .reading(let since):
            let end = server.arrival.end(since: since, moved: assembler.bodyBytes)
            guard now >= end else { return timer.set(end) }
            timer.set(now + limits.writeTimeout)
            refuse(408, Self.isLate)
        case .answering, .streaming(.none): timer.set(endOfArrival(now) ?? now + limits.headerTimeout)
        case .streaming(.some(let since)), .writing(let since, _, _):
            let slow = leaving.map { server.departure.end(since: $0.since, moved: $0.bytes) }
            let end = min(since + limits.writeTimeout, slow ?? .init(nanoseconds: .max))
            if now >= end { close() } else { timer.set(endOfArrival(now).map { min($0, end) } ?? end) }
        case .lingering: close()
        case .closed: break
        }
    }

    private static let isLate = "The request came too slowly."

    /// When the body that comes is too slow, if nothing more of it comes; one that is has its end.
    private func endOfArrival(_ now: MonotonicTime) -> MonotonicTime? {
        guard let arriving, let incomingBody else { return nil }
        let end = server.arrival.end(since: arriving.since, moved: arriving.bytes)
        guard now >= end else { return end }
        self.arriving = nil
        incomingBody.finish(.refused(status: 408, detail: Self.isLate))
        return nil
    }

    /// The socket took so many bytes of what waited.
    func noteSent(_ bytes: Int) {
        if output.isEmpty {
            leaving = nil
        } else if leaving == nil {
            leaving = (.now(), 0)
        } else {
            leaving?.bytes += bytes
        }
    }
}
