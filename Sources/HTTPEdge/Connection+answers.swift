import Base
import HTTP
import Loop
import Processes

/// Answers: one request at a time is with its handler, and its answer goes out before the next one has its turn.
extension Connection {
    func answerNext() {
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

    private var isBetweenAnswers: Bool {
        switch phase {
        case .idle, .reading: true
        case .answering, .streaming, .writing, .lingering, .closed: false
        }
    }

    private func answer(_ incoming: IncomingRequest) {
        phase = .answering
        requests += 1
        let waiter = Client(self, incoming.reply, incoming.body)
        body = incoming.body
        self.waiter = waiter
        server.handler.respond(to: incoming.request, of: waiter)
    }

    /// Sends the answer to a request.
    func answer(_ client: Client, _ response: Response) {
        // Not so when the client is gone, or when this request has its answer and another one waits for its own.
        guard waiter === client, stream == nil else { return }
        waiter = nil
        send(response, client.reply)
    }

    /// Whether another answer follows the one to a request.
    private var hasMore: Bool { !waiting.isEmpty || refusal != nil }

    /// Whether the answer in progress ends the connection.
    private func isLast(_ reply: ReplyTraits) -> Bool {
        !reply.keepsAlive || isBodyDue || requests >= server.limits.requestsPerConnection
            || (server.isDraining && !hasMore)
    }

    /// Whether the client is still sending the body of the request in progress.
    ///
    /// What it answers for is decided then, and where the next request begins would have to be read for nobody.
    private var isBodyDue: Bool { body.map { !$0.isComplete } ?? false }

    private static func option(isLast: Bool, _ reply: ReplyTraits?) -> ResponseWriter.ConnectionOption {
        isLast ? .close : reply?.isHTTP10 == true ? .keepAlive : .implied
    }

    // MARK: Whole

    /// Sends an answer; without `reply` it is a refusal, after which nothing is read.
    private func send(_ response: Response, _ reply: ReplyTraits?) {
        // What comes behind the last answer is not read: closing at once would reset the connection under that answer.
        let lingers = reply == nil || response.endsConnection || server.isDraining || hasMore || isBodyDue
        let isLast = response.endsConnection || (reply.map(isLast) ?? true)
        let body = reply?.omitsBody == true ? [] : response.body
        let isSmall = body.count <= server.limits.writeBytes
        let head = server.assemble(response, Self.option(isLast: isLast, reply), body: isSmall ? body : [])
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
    func flush() {
        let waited = output.count
        guard output.send(to: descriptor, upTo: server.limits.turnBytes) else { return close() }
        noteSent(waited - output.count)
        switch phase {
        case .writing(_, let isLast, let lingers):
            if output.isEmpty {
                answerSent(isLast: isLast, lingers: lingers)
                return answerNext()
            }
            phase = .writing(since: .now(), isLast: isLast, lingers: lingers)
        case .streaming:
            noteProgress()
            watch()
            // Last, since it may lead to the end of the stream, or of the connection.
            stream?.roomChanged()
            return
        case .idle, .reading, .answering, .lingering, .closed: break
        }
        watch()
    }

    /// The answer is with the socket; the connection waits for the next request, or ends.
    private func answerSent(isLast: Bool, lingers: Bool) {
        if isLast { return end(lingers: lingers) }
        if assembler.isInside { beginReading() } else { becomeIdle() }
        answerNext()
    }

    // MARK: In pieces

    /// Sends an interim answer of the one to a request.
    func inform(_ head: Response, _ client: Client) {
        guard waiter === client, stream == nil, !client.reply.isHTTP10 else { return }
        output.gather { ResponseWriter.write(interim: head, to: &$0) }
        flushSoon()
    }

    /// Has the client send the body that it holds back.
    func sendContinue() {
        guard phase == .answering else { return }
        output.append(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
        flush()
    }

    /// Begins an answer in pieces; nil when the client has its answer or is gone.
    func stream(_ head: Response, length: Int?, for client: Client) -> ResponseStream? {
        guard waiter === client, stream == nil else { return nil }
        let reply = client.reply
        let framing = BodyFraming(status: head.status, length: length, reply: reply)
        let isLast = isLast(reply) || framing == .untilClose || framing == .upgraded
        let stream = ResponseStream(
            self, framing, isLast: isLast, omitsBody: reply.omitsBody || framing == .none)
        self.stream = stream
        phase = .streaming(waitingSince: nil)
        output.gather { server.write(head, framing, Self.option(isLast: isLast, reply), to: &$0) }
        flushSoon()
        stream.send(head.body)
        return stream
    }

    /// Has what waits sent at the end of this turn of the loop, in one write.
    func flushSoon() {
        // When the socket is full, it says itself when it takes more.
        guard !flushesSoon, !watched.intersects(.writable) else { return }
        flushesSoon = true
        LoopActor.execute { [self] in
            flushesSoon = false
            if phase != .closed { flush() }
        }
    }

    /// The stream has sent from where its bytes lie; what of them waits is sent when the socket takes more.
    func sentDirectly() {
        if output.isEmpty, phase == .streaming(waitingSince: nil) { return }
        noteProgress()
        watch()
    }

    /// The time in which the client must take some more begins anew, and is not counted while nothing waits for it.
    private func noteProgress() {
        guard !output.isEmpty else { return phase = .streaming(waitingSince: nil) }
        let now = MonotonicTime.now()
        phase = .streaming(waitingSince: now)
        timer.setEarlier(now + server.limits.writeTimeout)
    }

    /// The stream has sent all; the rest is an answer like any other.
    func endStream(isLast: Bool) {
        guard case .streaming(let since) = phase else { return }
        stream = nil
        waiter = nil
        let now = MonotonicTime.now()
        phase = .writing(since: since ?? now, isLast: isLast, lingers: isLast)
        timer.setEarlier((since ?? now) + server.limits.writeTimeout)
        if watched.intersects(.writable) { watch() } else { flush() }
    }

    /// The stream is cut off: its client is told by the end of the connection.
    func abortStream(resets: Bool) {
        waiter = nil
        _ = output.send(to: descriptor, upTo: .max)
        if resets { resetOnClose() }
        close()
    }
}
