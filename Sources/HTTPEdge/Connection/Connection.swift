import Base
import CLinux
import Glibc
import HTTP
import Loop
import Processes

/// Who has a connection, and is told that it is closed.
@LoopActor
protocol ConnectionOwner: AnyObject {
    func closed(_ descriptor: CInt)
}

/// One client's connection: requests in, answers out in the same order, one in progress at a time.
///
/// It owns the socket and the timer; what follows from an event says `ConnectionState`.
@LoopActor
final class Connection: ReadinessHandler, BodySource {
    /// Who is at the other end.
    struct Peer {
        let address: String
        /// Whether it is a trusted proxy.
        let isFromProxy: Bool
        /// Whether it is one of those that its client may have.
        var isCounted = false
    }

    /// What was read, and waits for its turn.
    struct Inbound {
        var requests: [IncomingRequest] = []
        /// The body that is being read, where it is taken as it comes.
        var body: RequestBody?
        /// What to answer once those that wait have been: the request after them cannot be read.
        var refusal: Response?
        /// The request that is being read waits for `100 Continue`, which it gets when its turn has come.
        var owesContinue = false

        /// Whether another answer follows the one in progress.
        var hasMore: Bool { !requests.isEmpty || refusal != nil }
    }

    /// The request in progress.
    @LoopActor
    struct Current {
        /// Who waits for the answer.
        var waiter: Client?
        /// Its body, where that is taken as it comes.
        var body: RequestBody?
        /// Its answer, when that goes out in pieces.
        var stream: ResponseStream?
        /// Whether `answerNext` is at work further up the stack.
        var isAnswering = false

        nonisolated init() {}

        /// Whether the client is still sending the body.
        ///
        /// What it answers for is decided then, and where the next request begins would have to be read for nobody.
        var isBodyDue: Bool { body.map { !$0.isComplete } ?? false }
    }

    let descriptor: CInt
    let resources: EdgeResources
    private unowned let owner: any ConnectionOwner
    let peer: Peer
    var state: ConnectionState
    var inbound = Inbound()
    var current = Current()
    var output = OutputQueue()
    private(set) var assembler: RequestAssembler
    /// One timer for the life of a connection: when it fires, the state says how long the present phase may last.
    private lazy var timer = LoopTimer { [unowned self] in timerFired() }
    private(set) var watched: ReadyEvents = .arrivals
    /// Whether what waits is sent at the end of this turn, without asking whether the socket is writable.
    var flushesSoon = false

    var rules: ConnectionRules { resources.rules }

    /// Takes a connected socket, which is its own from now on.
    init(_ descriptor: CInt, _ peer: Peer, _ resources: EdgeResources, _ owner: any ConnectionOwner) {
        self.descriptor = descriptor
        self.peer = peer
        self.resources = resources
        self.owner = owner
        assembler = RequestAssembler(
            limits: resources.limits.client.requests, client: peer.address, isFromProxy: peer.isFromProxy)
        state = ConnectionState(at: .now())
    }

    /// Begins to serve.
    func open() {
        guard Readiness.shared.add(descriptor, watched, self) else { return close() }
        perform(state.opened(at: .now(), isDraining: resources.isDraining, rules))
    }

    // MARK: In

    func ready(_ descriptor: CInt, _ events: ReadyEvents) {
        if events.intersects(.writable) { flush() }
        guard !state.isClosed else { return }
        if watched.intersects(.readable) {
            if events != .writable { receive(beforeEnd: events.intersects(.peerClosed)) }
        } else if events.intersects(.failed) {
            close()
        }
    }

    /// - Parameter beforeEnd: EOF comes after the readable bytes and is not signalled separately.
    private func receive(beforeEnd: Bool) {
        // Large reads are for bodies: of heads they would hold more requests than may wait.
        let size = inbound.body == nil ? resources.limits.buffers.read : resources.input.count
        let count = CLinux_receive(descriptor, resources.input.baseAddress, size)
        guard count > 0 else {
            if count == 0 || (errno != EAGAIN && errno != EINTR) { close() }
            return
        }
        // There may be more, which waits for its turn.
        if count == size || beforeEnd, watched == .arrivals { _ = Readiness.shared.modify(descriptor, watched) }
        guard !state.isLingering else { return }
        if case .idle = state.phase { perform(state.requestBegan(at: .now(), rules)) }
        take(UnsafeBufferPointer(rebasing: UnsafeBufferPointer(resources.input)[..<count]))
    }

    private func take(_ bytes: UnsafeBufferPointer<UInt8>) {
        var cursor = 0
        while true {
            switch assembler.next(bytes, &cursor, for: resources.handler) {
            case .none: return answerNext()
            case .expectsContinue: inbound.owesContinue = true
            case .request(let request):
                // Its body came without having been asked for.
                inbound.owesContinue = false
                inbound.requests.append(request)
            case .head(var request, let framing, let limit, let expectsContinue):
                let body = RequestBody(framing, limit: limit, owesContinue: expectsContinue, of: self)
                inbound.body = body
                request.body = body
                inbound.requests.append(request)
            case .piece(let range):
                state.bodyCame(range.count)
                inbound.body?.received(UnsafeBufferPointer(rebasing: bytes[range]))
            case .end(let trailers):
                let body = inbound.body
                inbound.body = nil
                body?.finish(.whole(trailers: trailers))
            case .refusal(let status, let detail):
                guard let body = inbound.body else { return refuse(status, detail) }
                // Its request has a handler, or will have: that one answers.
                body.finish(.refused(status: status, detail: detail))
                return answerNext()
            }
        }
    }

    private func refuse(_ status: Int, _ detail: String) {
        guard inbound.refusal == nil else { return }
        inbound.refusal = Problem(status, detail).response
        resources.handler.refused(status, client: peer.address)
        answerNext()
    }

    func roomChanged() { watch() }

    /// Watches the socket for what the connection can do something with.
    func watch() {
        guard !state.isClosed else { return }
        let reads = state.reads(
            waiting: inbound.requests.count, bodyIsFull: inbound.body?.isFull == true, rules)
        let expectsBody = reads && inbound.body.map { $0.framing != .untilClose } ?? false
        state.expectsBody(expectsBody, at: .now())
        var wanted = ReadyEvents.nothing
        if reads { wanted = .readable }
        if !output.isEmpty, !flushesSoon { wanted = wanted.union(.writable) }
        if wanted == .readable { wanted = .arrivals }
        guard wanted != watched else { return }
        watched = wanted
        if !Readiness.shared.modify(descriptor, wanted) { close() }
    }

    // MARK: What the state says

    func perform(_ action: ConnectionState.Action) {
        switch action {
        case .nothing: break
        case .look(let time): timer.set(time)
        case .lookBy(let time): timer.setEarlier(time)
        case .refuseRequest(let time):
            timer.set(time)
            refuse(408, Self.isLate)
        case .refuseBody(let time):
            timer.set(time)
            inbound.body?.finish(.refused(status: 408, detail: Self.isLate))
        case .linger(let time):
            shutdown(descriptor, CInt(SHUT_WR))
            timer.set(time)
            watch()
        case .close: close()
        }
    }

    private static let isLate = "The request came too slowly."

    private func timerFired() {
        perform(
            state.looked(
                at: .now(), isDraining: resources.isDraining, bodyBytes: assembler.bodyBytes, rules))
    }

    // MARK: End

    /// No further request is taken: the answer in progress is the last.
    func drain() { perform(state.drain(at: .now(), rules)) }

    func close() {
        guard state.closed() else { return }
        timer.cancel()
        output.removeAll()
        inbound.requests.removeAll()
        inbound.body?.leave()
        inbound.body = nil
        Readiness.shared.forget(descriptor)
        if current.stream?.endsWithConnection == true { resetOnClose() }
        Glibc.close(descriptor)
        current.stream?.leave()
        current.stream = nil
        let waiter = current.waiter
        current.waiter = nil
        waiter?.leave()
        owner.closed(descriptor)
    }

    /// Has the client see that the connection is broken off, where the kind of socket can tell it (socket(7), SO_LINGER).
    func resetOnClose() {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    }
}
