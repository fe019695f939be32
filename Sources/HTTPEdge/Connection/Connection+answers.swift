import Base
import HTTP
import Loop
import Processes

/// Answers: one request at a time is with its handler, and its answer goes out before the next one has its turn.
extension Connection: AnswerSink, StreamSink {
    func answerNext() {
        // A handler may answer at once: the loop below goes on with the next request, and not the stack.
        guard !current.isAnswering else { return }
        current.isAnswering = true
        while state.isBetweenAnswers {
            if !inbound.requests.isEmpty {
                hand(inbound.requests.removeFirst())
            } else if let refusal = inbound.refusal {
                send(refusal, nil)
            } else {
                break
            }
        }
        current.isAnswering = false
        if state.isReading { readOn() }
        watch()
    }

    /// All that could be answered has been, and what was read last is no whole request.
    private func readOn() {
        if !assembler.isInside {
            // Nothing but an empty line, which begins no request.
            becomeIdle()
        } else if inbound.owesContinue {
            inbound.owesContinue = false
            output.append(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
            flush()
        }
    }

    private func becomeIdle() {
        current.body = nil
        perform(state.becameIdle(at: .now(), isDraining: resources.isDraining, rules))
    }

    private func hand(_ incoming: IncomingRequest) {
        state.handed()
        let waiter = Client(self, incoming.reply, incoming.body)
        current.body = incoming.body
        current.waiter = waiter
        resources.handler.respond(to: incoming.request, of: waiter)
    }

    /// Sends the answer to a request.
    func answer(_ client: Client, _ response: Response) {
        // Not so when the client is gone, or when this request has its answer and another one waits for its own.
        guard current.waiter === client, current.stream == nil else { return }
        current.waiter = nil
        send(response, client.reply)
    }

    /// What is there behind the request in progress.
    private var next: ConnectionState.Next {
        ConnectionState.Next(hasMore: inbound.hasMore, isBodyDue: current.isBodyDue)
    }

    private static func option(isLast: Bool, _ reply: ReplyTraits?) -> ResponseWriter.ConnectionOption {
        isLast ? .close : reply?.isHTTP10 == true ? .keepAlive : .implied
    }

    // MARK: Whole

    /// Sends an answer; without `reply` it is a refusal, after which nothing is read.
    private func send(_ response: Response, _ reply: ReplyTraits?) {
        let ending = state.ending(
            keepsAlive: reply?.keepsAlive ?? false, endsConnection: reply == nil || response.endsConnection, next,
            isDraining: resources.isDraining, rules)
        let body = reply?.omitsBody == true ? [] : response.body
        let isSmall = body.count <= resources.limits.buffers.write
        let head = resources.assemble(
            response, Self.option(isLast: ending.isLast, reply), body: isSmall ? body : [])
        var sent = 0
        if output.isEmpty {
            sent = max(0, OutputQueue.send(head, from: 0, to: descriptor, upTo: .max))
            if sent == head.count, isSmall { return answerSent(ending) }
        }
        perform(state.writes(ending, at: .now(), rules))
        if sent < head.count { output.append(Array(head[sent...])) }
        if !isSmall { output.append(body) }
        flush()
    }

    /// Sends what waits, as much as the socket takes in one go: large answers take turns.
    func flush() {
        let waited = output.count
        guard output.send(to: descriptor, upTo: resources.limits.buffers.turn) else { return close() }
        switch state.sent(waited - output.count, isEmpty: output.isEmpty, at: .now(), rules) {
        case .sent(let ending):
            answerSent(ending)
            answerNext()
        case .waiting: watch()
        case .streaming(let action):
            perform(action)
            watch()
            // Last, since it may lead to the end of the stream, or of the connection.
            current.stream?.roomChanged(waiting: output.count)
        }
    }

    /// The answer is with the socket; the connection waits for the next request, or ends.
    private func answerSent(_ ending: ConnectionState.Ending) {
        if ending.isLast { return perform(state.ended(lingers: ending.lingers, at: .now(), rules)) }
        if assembler.isInside { perform(state.requestBegan(at: .now(), rules)) } else { becomeIdle() }
        answerNext()
    }

    // MARK: In pieces

    /// Sends an interim answer of the one to a request.
    func inform(_ head: Response, _ client: Client) {
        guard current.waiter === client, current.stream == nil, !client.reply.isHTTP10 else { return }
        output.gather { ResponseWriter.write(interim: head, to: &$0) }
        flushSoon()
    }

    /// Has the client send the body that it holds back.
    func sendContinue() {
        guard state.phase == .answering else { return }
        output.append(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
        flush()
    }

    /// Begins an answer in pieces; nil when the client has its answer or is gone.
    func stream(_ head: Response, length: Int?, for client: Client) -> ResponseStream? {
        guard current.waiter === client, current.stream == nil else { return nil }
        let reply = client.reply
        let framing = BodyFraming(status: head.status, length: length, reply: reply)
        let isLast = state.ending(
            keepsAlive: reply.keepsAlive, endsConnection: framing == .untilClose || framing == .upgraded, next,
            isDraining: resources.isDraining, rules
        ).isLast
        let stream = ResponseStream(
            self, framing, isLast: isLast, omitsBody: reply.omitsBody || framing == .none,
            room: resources.limits.buffers.streamed)
        current.stream = stream
        state.streams()
        output.gather { resources.write(head, framing, Self.option(isLast: isLast, reply), to: &$0) }
        flushSoon()
        stream.send(head.body)
        return stream
    }

    /// Has what waits sent at the end of this turn of the loop, in one write.
    private func flushSoon() {
        // When the socket is full, it says itself when it takes more.
        guard !flushesSoon, !watched.intersects(.writable) else { return }
        flushesSoon = true
        LoopActor.execute { [self] in
            flushesSoon = false
            if !state.isClosed { flush() }
        }
    }

    func send(_ piece: StreamPiece, inChunk: Bool) -> Int {
        if inChunk { output.gather { ChunkSize.append(piece.count, to: &$0) } }
        let end: StaticString = inChunk ? "\r\n" : ""
        // A socket that is full says itself when it takes more.
        if case .lent(let bytes) = piece, bytes.count >= resources.limits.buffers.direct, !watched.intersects(.writable)
        {
            output.send(bytes, end, to: descriptor)
            let waiting = output.count
            sentDirectly()
            return waiting
        }
        switch piece {
        case .kept(let bytes) where bytes.count > resources.limits.buffers.write:
            output.append(bytes)
            output.gather { $0.append(end) }
        case .kept(let bytes):
            output.gather {
                $0.append(contentsOf: bytes)
                $0.append(end)
            }
        case .lent(let bytes):
            output.gather {
                $0.append(contentsOf: bytes)
                $0.append(end)
            }
        }
        flushSoon()
        return output.count
    }

    /// A piece was sent from where it lies; what of it waits is sent when the socket takes more.
    private func sentDirectly() {
        if output.isEmpty, state.phase == .streaming(waitingSince: nil) { return }
        perform(state.streamMoved(isEmpty: output.isEmpty, at: .now(), rules))
        watch()
    }

    func endStream(isLast: Bool, trailers: [UInt8]?) {
        if let trailers {
            output.gather {
                $0.append("0\r\n")
                $0.append(contentsOf: trailers)
                $0.append("\r\n")
            }
        }
        guard let action = state.streamEnded(isLast: isLast, at: .now(), rules) else { return }
        current.stream = nil
        current.waiter = nil
        perform(action)
        if watched.intersects(.writable) { watch() } else { flush() }
    }

    func abortStream(resets: Bool) {
        current.waiter = nil
        _ = output.send(to: descriptor, upTo: .max)
        if resets { resetOnClose() }
        close()
    }
}
