import Glibc
import HTTP
import Loop
import Policy
import Processes

/// What the loop is asked to tell of a connection.
private struct Watched {
    var forWriting = false
    /// Whoever takes the answer has no room for more.
    var isPaused = false
}

/// A connection of the plain lane: one request out, one answer in, and again.
@LoopActor
final class PlainConnection: ReadinessHandler, TransferHolder {
    let wire: Wire
    /// How it was made.
    private let times: TransferTimes.Connection
    private let pool: ServerPool
    private let lane: PlainLane
    // The lane's: what is two steps away is retained for each use.
    private let scratch: Scratch
    private var answer = AnswerReading()
    /// Whose request is out; nil while the connection waits for one.
    private(set) var transfer: Transfer?
    var output = RequestOutput()
    private var watched = Watched()
    /// Answers that came before.
    private var answers = 0
    private(set) var isClosed = false
    /// The pool's sweep at which it was left alone.
    var idleSince = 0

    /// Takes a wire, which is its own from now on.
    init(_ wire: Wire, _ times: TransferTimes.Connection, _ pool: ServerPool, _ lane: PlainLane) {
        self.wire = wire
        self.times = times
        self.pool = pool
        self.lane = lane
        scratch = lane.scratch
        if case .tls(let connecting, let socket) = wire {
            lane.connector.watch(connecting, socket) { [weak self] in self?.closedByLibcurl() }
        }
        _ = Readiness.shared.add(wire.descriptor, interest, self)
    }

    // MARK: Request

    /// Sends a transfer's request; what becomes of it, its failure included, is known when the socket is ready.
    func send(_ transfer: Transfer) {
        self.transfer = transfer
        transfer.stage = .held(self)
        let endpoint = transfer.endpoint
        let message = transfer.message
        let streamed = message?.streamed
        output.bodyDue = streamed
        answer.begin(
            isHead: message?.method == "HEAD", collecting: endpoint.settings.collectsFields,
            passingOn: transfer.sink != nil, upgrading: streamed == .untilClose, limit: endpoint.settings.bodyLimit)
        scratch.assemble(pool.frame, transfer, message)
        if let traced = transfer.times {
            traced.sent = .now()
            if answers == 0 { traced.connection = times }
        }
        let request = scratch.request
        let sent = wire.write(request)
        if sent < request.count || wire.isWaiting {
            output.append(request[sent...])
            watchForWriting(true)
        }
        if let streamed, streamed != .untilClose { transfer.sink?.wantsBody() }
    }

    var isWatchedForWriting: Bool { watched.forWriting }

    func watchForWriting(_ watches: Bool) {
        guard watches != watched.forWriting else { return }
        watched.forWriting = watches
        watch()
    }

    private var interest: ReadyEvents {
        var wanted: ReadyEvents = watched.isPaused ? .nothing : .readable
        if watched.forWriting { wanted = wanted.union(.writable) }
        // What TLS has read ahead no arrival tells of.
        if case .socket = wire, wanted == .readable { return .arrivals }
        return wanted
    }

    /// Has all be told that it waits for, also what was told before.
    private func watch() {
        _ = Readiness.shared.modify(wire.descriptor, interest)
    }

    private func pause(_ pauses: Bool) {
        guard pauses != watched.isPaused, !isClosed else { return }
        watched.isPaused = pauses
        watch()
    }

    /// Whoever takes the answer has room for more.
    func resume() { pause(false) }

    // MARK: Answer

    func ready(_ descriptor: CInt, _ events: ReadyEvents) {
        guard !isClosed else { return }
        if events.intersects(.writable), watched.forWriting { flush() }
        if events.intersects(.readable.union(.failed)) {
            read(beforeEnd: events.intersects(.peerClosed))
        }
    }

    /// - Parameter beforeEnd: The end stands behind what there is to read, and is not told of by itself.
    private func read(beforeEnd: Bool) {
        // Handed on from here: each look at it would be a retain.
        let transfer = self.transfer
        let isPassedOn = transfer?.sink != nil
        // A large body goes right into its place, in few large reads; but not its end, behind which there may be more.
        let middle = transfer == nil ? 0 : answer.placed(atLeast: Scratch.readBytes, atMost: Scratch.bodyBytes)
        let isInPlace = middle > 0
        let buffer = isPassedOn ? scratch.stream : scratch.input
        switch isInPlace ? answer.read({ wire.read(middle, behind: &$0) }) : wire.read(into: buffer) {
        case .bytes(let count):
            // What nobody asked for is such as the 408 that some servers send before they close.
            guard let transfer else { return close() }
            if !isInPlace { take(UnsafeBufferPointer(rebasing: buffer[..<count]), transfer) }
            // There may be more, which waits for its turn.
            if count == (isInPlace ? middle : buffer.count) || beforeEnd, !isClosed, interest == .arrivals { watch() }
        case .ended: ended()
        case .wait: break
        case .failed: lost()
        case .refused where answers == 0 && transfer != nil:
            transfer?.report(.refused)
            fail(.tls)
        case .refused: lost()
        }
    }

    private func take(_ bytes: UnsafeBufferPointer<UInt8>, _ transfer: Transfer) {
        if !answer.hasAny, let traced = transfer.times { traced.firstByte = .now() }
        var cursor = 0
        // A sink may give the transfer up when it is told something.
        while self.transfer != nil {
            switch answer.next(bytes, &cursor) {
            case .more: return
            case .informed:
                guard let interim = answer.parser.interim else { continue }
                transfer.sink?.informed(status: interim.status, fields: interim.fields)
            case .began: begin(transfer)
            case .piece(let range):
                guard let sink = transfer.sink else { return }
                pause(!sink.received(UnsafeBufferPointer(rebasing: bytes[range])))
            case .coded:
                transfer.endpoint.isEncoded = true
                self.transfer = nil
                close()
                return lane.desk.beginAgain(transfer)
            case .failed(let failure): return fail(failure)
            case .end(let hasRest): return finish(transfer, hasRest: hasRest)
            }
        }
    }

    /// The head of an answer that is passed on is read.
    private func begin(_ transfer: Transfer) {
        guard let sink = transfer.sink else { return }
        transfer.hasBegun = true
        sink.began(
            status: answer.parser.status, fields: answer.parser.collected ?? HeaderFields(),
            length: answer.parser.contentLength)
        guard output.bodyDue == .untilClose else { return }
        if answer.parser.status == 101 { sink.wantsBody() } else { output.bodyDue = nil }
    }

    private func finish(_ transfer: Transfer, hasRest: Bool) {
        if let sink = transfer.sink, let trailers = answer.parser.trailers { sink.received(trailers: trailers) }
        self.transfer = nil
        // The connection may have the next one before this one is settled.
        transfer.stage = .starting
        pause(false)
        let result = TransferResult.response(
            status: answer.parser.status, body: answer.takeBody(), fields: answer.parser.collected)
        // A kept connection holds no buffer.
        if transfer.isStreamed { output.release() }
        answers += 1
        // Bytes behind the answer are nobody's, and a request that was not read whole is in the way of the next.
        if answer.parser.keepsAlive, !hasRest, output.isEmpty, !wire.isWaiting, output.bodyDue == nil {
            pool.release(self)
        } else {
            close()
        }
        lane.desk.settle(transfer, result)
    }

    // MARK: End

    /// The server closed its side.
    private func ended() {
        if let transfer, answer.close() { finish(transfer, hasRest: false) } else { lost() }
    }

    /// The connection is gone; a request that met a connection which its server was just closing gets a second one.
    ///
    /// Where it may be sent again, once, and on a connection of its own.
    private func lost() {
        guard let transfer else { return close() }
        guard answers > 0, !answer.hasAny, !transfer.isRetry, transfer.order.isIdempotent, !transfer.hasSentBody else {
            return fail(.reset)
        }
        self.transfer = nil
        close()
        transfer.isRetry = true
        if transfer.isStreamed { transfer.sink?.bodyHasToWait() }
        pool.run(transfer)
    }

    private func fail(_ failure: Failure) {
        guard let transfer else { return }
        self.transfer = nil
        close()
        transfer.stage = .starting
        lane.desk.settle(transfer, .failure(failure))
    }

    /// The answer, if it comes, is for nobody.
    func abandon(_ transfer: Transfer) {
        self.transfer = nil
        close()
    }

    func close() {
        guard !isClosed else { return }
        markClosed()
        switch wire {
        case .socket(let socket):
            Readiness.shared.forget(socket)
            Glibc.close(socket)
        case .tls(let connecting, let socket): lane.connector.close(connecting, socket)
        }
    }

    /// libcurl found the other side gone before we did.
    private func closedByLibcurl() {
        guard !isClosed else { return }
        markClosed()
        lost()
    }

    private func markClosed() {
        isClosed = true
        _ = answer.takeBody()
        output.clear()
    }
}
