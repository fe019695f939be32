import Glibc
import HTTP
import Loop
import Policy
import Processes

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
    private var parser = ResponseParser()
    /// Whose request is out; nil while the connection waits for one.
    private(set) var transfer: Transfer?
    private var body: [UInt8] = []
    /// What of the request the socket did not take yet, from `unsentFrom` on.
    var unsent: [UInt8] = []
    var unsentFrom = 0
    private(set) var isWatchedForWriting = false
    /// Whether what waits is sent at the end of this turn.
    var flushesSoon = false
    /// How the part of the body is framed that is still to be sent as it comes; nil when the request is whole.
    var bodyDue: BodyStreaming?
    /// Whoever gives the body is to be told when there is room for more.
    var isSinkWaiting = false
    /// Whoever takes the answer has no room for more.
    private var isPaused = false
    /// Whether any byte of the answer has come.
    private var isAnswered = false
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
        isAnswered = false
        let endpoint = transfer.endpoint
        let message = transfer.message
        let streamed = message?.streamed
        bodyDue = streamed
        parser.begin(
            isHead: message?.method == "HEAD", collecting: endpoint.settings.collectsFields,
            passingOn: transfer.sink != nil, upgrading: streamed == .untilClose)
        scratch.assemble(pool.frame, transfer, message)
        if let traced = transfer.times {
            traced.sent = .now()
            if answers == 0 { traced.connection = times }
        }
        let request = scratch.request
        let sent = wire.write(request)
        if sent < request.count || wire.isWaiting {
            unsent = Array(request[sent...])
            watchForWriting(true)
        }
        if let streamed, streamed != .untilClose { transfer.sink?.wantsBody() }
    }

    func watchForWriting(_ watches: Bool) {
        guard watches != isWatchedForWriting else { return }
        isWatchedForWriting = watches
        watch()
    }

    private var interest: ReadyEvents {
        var wanted: ReadyEvents = isPaused ? .nothing : .readable
        if isWatchedForWriting { wanted = wanted.union(.writable) }
        // What TLS has read ahead no arrival tells of.
        if case .socket = wire, wanted == .readable { return .arrivals }
        return wanted
    }

    /// Has all be told that it waits for, also what was told before.
    private func watch() {
        _ = Readiness.shared.modify(wire.descriptor, interest)
    }

    private func pause(_ pauses: Bool) {
        guard pauses != isPaused, !isClosed else { return }
        isPaused = pauses
        watch()
    }

    /// Whoever takes the answer has room for more.
    func resume() { pause(false) }

    // MARK: Answer

    func ready(_ descriptor: CInt, _ events: ReadyEvents) {
        guard !isClosed else { return }
        if events.intersects(.writable), isWatchedForWriting { flush() }
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
        let middle = isPassedOn || transfer == nil ? 0 : min(parser.bodyLeft - Scratch.readBytes, Scratch.bodyBytes)
        let isInPlace = middle >= Scratch.readBytes
        let buffer = isPassedOn ? scratch.stream : scratch.input
        switch isInPlace ? wire.read(middle, behind: &body) : wire.read(into: buffer) {
        case .bytes(let count):
            // What nobody asked for is such as the 408 that some servers send before they close.
            guard let transfer else { return close() }
            if isInPlace {
                parser.passOver(count)
            } else {
                take(UnsafeBufferPointer(rebasing: buffer[..<count]), transfer)
            }
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
        if !isAnswered, let traced = transfer.times { traced.firstByte = .now() }
        isAnswered = true
        do throws(MessageError) {
            var cursor = 0
            while true {
                switch try parser.next(bytes, &cursor) {
                case .more: return
                case .interim:
                    guard let interim = parser.interim else { continue }
                    transfer.sink?.informed(status: interim.status, fields: interim.fields)
                    // It may have given the transfer up.
                    if self.transfer == nil { return }
                case .head: guard begin(transfer) else { return }
                case .body(let range): guard append(bytes, range, transfer) else { return }
                case .end: return finish(transfer, hasRest: cursor < bytes.count)
                }
            }
        } catch {
            fail(.protocol)
        }
    }

    /// The head is read; false when the answer goes no further here.
    private func begin(_ transfer: Transfer) -> Bool {
        if let sink = transfer.sink {
            transfer.hasBegun = true
            sink.began(
                status: parser.status, fields: parser.collected ?? HeaderFields(), length: parser.contentLength)
            if bodyDue == .untilClose {
                if parser.status == 101 { sink.wantsBody() } else { bodyDue = nil }
            }
            // It may have given the transfer up.
            return self.transfer != nil
        }
        if parser.isEncoded {
            transfer.endpoint.isEncoded = true
            self.transfer = nil
            close()
            lane.desk.beginAgain(transfer)
            return false
        }
        if let length = parser.contentLength {
            guard length <= transfer.endpoint.settings.bodyLimit else {
                fail(.tooLarge)
                return false
            }
            body.reserveCapacity(length)
        }
        return true
    }

    private func append(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ transfer: Transfer) -> Bool {
        if let sink = transfer.sink {
            pause(!sink.received(UnsafeBufferPointer(rebasing: bytes[range])))
            return self.transfer != nil
        }
        guard body.count + range.count <= transfer.endpoint.settings.bodyLimit else {
            fail(.tooLarge)
            return false
        }
        body.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[range]))
        return true
    }

    private func finish(_ transfer: Transfer, hasRest: Bool) {
        if let sink = transfer.sink, let trailers = parser.trailers { sink.received(trailers: trailers) }
        self.transfer = nil
        // The connection may have the next one before this one is settled.
        transfer.stage = .starting
        pause(false)
        var whole: [UInt8] = []
        swap(&whole, &body)
        let result = TransferResult.response(status: parser.status, body: whole, fields: parser.collected)
        // A kept connection holds no buffer.
        if transfer.isStreamed, unsent.isEmpty { unsent = [] }
        answers += 1
        // Bytes behind the answer are nobody's, and a request that was not read whole is in the way of the next.
        if parser.keepsAlive, !hasRest, unsent.isEmpty, !wire.isWaiting, bodyDue == nil {
            pool.release(self)
        } else {
            close()
        }
        lane.desk.settle(transfer, result)
    }

    // MARK: End

    /// The server closed its side.
    private func ended() {
        if let transfer, isAnswered, parser.close() { finish(transfer, hasRest: false) } else { lost() }
    }

    /// The connection is gone; a request that met a connection which its server was just closing gets a second one.
    ///
    /// Where it may be sent again, once, and on a connection of its own.
    private func lost() {
        guard let transfer else { return close() }
        guard answers > 0, !isAnswered, !transfer.isRetry, transfer.order.isIdempotent, !transfer.hasSentBody else {
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
        body = []
        unsent = []
        unsentFrom = 0
        bodyDue = nil
    }
}
