import FanOut
import Glibc
import Loop
import Processes

/// One client's connection: requests in, answers out in the same order, one in progress at a time.
@LoopActor
final class Connection: ReadinessHandler {
    private enum Phase: Equatable {
        /// Between requests since then.
        case idle(since: MonotonicTime)
        /// In the middle of a request that began then.
        case reading(since: MonotonicTime)
        /// A handler has the request.
        case answering
        /// An answer is going out; the socket last took some of it then.
        case writing(since: MonotonicTime, isLast: Bool, lingers: Bool)
        /// The last answer is out; what still comes is not looked at.
        case lingering
        case closed
    }

    private let descriptor: CInt
    private unowned let server: HTTPServer
    private let client: String
    private var assembler: RequestAssembler
    private var phase: Phase
    private var waiting: [IncomingRequest] = []
    /// What to answer once those that wait have been: the request after them cannot be read.
    private var refusal: Response?
    /// Who waits for the answer in progress.
    private var waiter: Client?
    private var output = OutputQueue()
    /// One timer for the life of a connection: when it fires it looks how long the current phase may last.
    private lazy var timer = LoopTimer { [unowned self] in timerFired() }
    private var watched: ReadyEvents = .readable
    private var hasRequests = false
    /// The request that is being read waits for `100 Continue`, which it gets when its turn has come.
    private var owesContinue = false
    /// Whether `answerNext` is at work further up the stack.
    private var isAnswering = false

    /// Takes a connected socket, which is its own from now on.
    init(_ descriptor: CInt, _ server: HTTPServer) {
        self.descriptor = descriptor
        self.server = server
        client = (try? SocketAddress(peerOf: descriptor))?.description ?? "unix:"
        assembler = RequestAssembler(limits: server.limits, client: client)
        phase = .idle(since: .now())
    }

    /// Begins to serve.
    func open() {
        guard Readiness.shared.add(descriptor, watched, self) else { return close() }
        timer.set(.now() + (server.isDraining ? server.limits.drainGrace : server.limits.headerTimeout))
    }

    // MARK: In

    func ready(_ descriptor: CInt, _ events: ReadyEvents) {
        if events.contains(.writable) { flush() }
        guard phase != .closed else { return }
        if watched.contains(.readable) {
            if events != .writable { receive() }
        } else if !events.isDisjoint(with: .failed) {
            close()
        }
    }

    private func receive() {
        let count = recv(descriptor, server.input.baseAddress, server.input.count, 0)
        guard count > 0 else {
            if count == 0 || (errno != EAGAIN && errno != EINTR) { close() }
            return
        }
        guard phase != .lingering else { return }
        if case .idle = phase { beginReading() }
        take(UnsafeBufferPointer(rebasing: UnsafeBufferPointer(server.input)[..<count]))
    }

    private func take(_ bytes: UnsafeBufferPointer<UInt8>) {
        var cursor = 0
        while true {
            switch assembler.next(bytes, &cursor) {
            case .none: return answerNext()
            case .expectsContinue: owesContinue = true
            case .request(let request):
                // Its body came without having been asked for.
                owesContinue = false
                waiting.append(request)
            case .refusal(let status, let detail): return refuse(status, detail)
            }
        }
    }

    private func beginReading() {
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

    // MARK: Answers

    private func answerNext() {
        // A handler may answer at once: the loop below goes on with the next request, and not the stack.
        guard !isAnswering else { return }
        isAnswering = true
        while isBetweenAnswers {
            if !waiting.isEmpty {
                answer(waiting.removeFirst())
            } else if let refusal {
                send(refusal, nil)
            } else {
                break
            }
        }
        isAnswering = false
        if case .reading = phase { readOn() }
        watch()
    }

    /// All that could be answered has been, and what was read last is no whole request.
    private func readOn() {
        if !assembler.isInside {
            // Nothing but an empty line, which begins no request.
            becomeIdle()
        } else if owesContinue {
            owesContinue = false
            output.append(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
            flush()
        }
    }

    private func becomeIdle() {
        let now = MonotonicTime.now()
        phase = .idle(since: now)
        if server.isDraining { timer.setEarlier(now + server.limits.drainGrace) }
    }

    private var isBetweenAnswers: Bool {
        switch phase {
        case .idle, .reading: true
        case .answering, .writing, .lingering, .closed: false
        }
    }

    private func answer(_ incoming: IncomingRequest) {
        phase = .answering
        hasRequests = true
        let waiter = Client()
        self.waiter = waiter
        let reply = incoming.reply
        server.handler.respond(to: incoming.request, of: waiter) { [self] response in
            // Not so when the client is gone, or when this request has its answer and another one waits for its own.
            guard self.waiter === waiter else { return }
            self.waiter = nil
            send(response, reply)
        }
    }

    /// Sends an answer; without `reply` it is a refusal, after which nothing is read.
    private func send(_ response: Response, _ reply: ReplyTraits?) {
        let hasMore = !waiting.isEmpty || (reply != nil && refusal != nil)
        // What comes behind the last answer is not read: closing at once would reset the connection under that answer.
        let lingers = reply == nil || server.isDraining || hasMore
        let isLast = !(reply?.keepsAlive ?? false) || (server.isDraining && !hasMore)
        let option: ResponseWriter.ConnectionOption =
            isLast ? .close : reply?.isHTTP10 == true ? .keepAlive : .implied
        let body = reply?.omitsBody == true ? [] : response.body
        let isSmall = body.count <= server.limits.writeBytes
        let head = server.assemble(response, option, body: isSmall ? body : [])
        var sent = 0
        if output.isEmpty {
            sent = max(0, OutputQueue.send(head, from: 0, to: descriptor, upTo: .max))
            if sent == head.count, isSmall { return answerSent(isLast: isLast, lingers: lingers) }
        }
        let now = MonotonicTime.now()
        phase = .writing(since: now, isLast: isLast, lingers: lingers)
        timer.setEarlier(now + server.limits.writeTimeout)
        if sent < head.count { output.append(Array(head[sent...])) }
        if !isSmall { output.append(body) }
        flush()
    }

    /// Sends what waits, as much as the socket takes in one go: large answers take turns.
    private func flush() {
        guard output.send(to: descriptor, upTo: server.limits.turnBytes) else { return close() }
        if case .writing(_, let isLast, let lingers) = phase {
            if output.isEmpty {
                answerSent(isLast: isLast, lingers: lingers)
                return answerNext()
            }
            phase = .writing(since: .now(), isLast: isLast, lingers: lingers)
        }
        watch()
    }

    /// The answer is with the socket; the connection waits for the next request, or ends.
    private func answerSent(isLast: Bool, lingers: Bool) {
        if isLast { return end(lingers: lingers) }
        if assembler.isInside { beginReading() } else { becomeIdle() }
        answerNext()
    }

    private func end(lingers: Bool) {
        guard lingers else { return close() }
        phase = .lingering
        shutdown(descriptor, CInt(SHUT_WR))
        timer.set(.now() + server.limits.linger)
        watch()
    }

    /// Watches the socket for what the connection can do something with.
    private func watch() {
        guard phase != .closed else { return }
        var wanted: ReadyEvents = []
        // What was sent behind too many requests waits in the socket, and so at the client.
        if waiting.count < server.limits.pipelined || phase == .lingering { wanted.insert(.readable) }
        if !output.isEmpty { wanted.insert(.writable) }
        guard wanted != watched else { return }
        watched = wanted
        if !Readiness.shared.modify(descriptor, wanted) { close() }
    }

    // MARK: End

    /// No further request is taken: the answer in progress is the last.
    ///
    /// An idle connection gets a moment for a request that is on its way, since RFC 9112 section 9.6 has no other way to
    /// tell the client.
    func drain() {
        if case .idle = phase { becomeIdle() }
    }

    private func close() {
        guard phase != .closed else { return }
        phase = .closed
        timer.cancel()
        output.removeAll()
        waiting.removeAll()
        Readiness.shared.forget(descriptor)
        Glibc.close(descriptor)
        let waiter = self.waiter
        self.waiter = nil
        waiter?.leave()
        server.closed(descriptor)
    }

    private func timerFired() {
        let limits = server.limits
        let now = MonotonicTime.now()
        switch phase {
        case .idle(let since):
            if server.isDraining { return end(lingers: true) }
            let end = since + (hasRequests ? limits.keepAliveIdle : limits.headerTimeout)
            if now >= end { close() } else { timer.set(end) }
        case .reading(let since):
            let end = since + limits.headerTimeout
            guard now >= end else { return timer.set(end) }
            timer.set(now + limits.writeTimeout)
            refuse(408, "The request did not arrive within \(limits.headerTimeout).")
        case .answering: timer.set(now + limits.headerTimeout)
        case .writing(let since, _, _):
            let end = since + limits.writeTimeout
            if now >= end { close() } else { timer.set(end) }
        case .lingering: close()
        case .closed: break
        }
    }
}
