import Base
import HTTP

/// Where a connection stands, and what follows from what happens to it: a value without a socket, with time passed in.
///
/// An event goes into one method, and what `Connection` has to do comes out as an `Action`.
struct ConnectionState: Equatable {
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
        case writing(since: MonotonicTime, Ending)
        /// The last answer is out; what still comes is not looked at.
        case lingering
        case closed
    }

    /// What follows an answer.
    struct Ending: Equatable {
        /// The connection ends with it.
        var isLast: Bool
        /// What the client still sends is read for a moment: closing at once would reset the connection under the answer.
        var lingers: Bool
    }

    /// What is there behind the request in progress.
    struct Next: Equatable {
        /// Another answer follows.
        var hasMore = false
        /// The client is still sending the body: where the next request begins would have to be read for nobody.
        var isBodyDue = false
    }

    /// What is to be done about an event.
    enum Action: Equatable {
        case nothing
        /// Look at the clock again then.
        case look(at: MonotonicTime)
        /// Look at the clock again then, or earlier where that was said before.
        case lookBy(MonotonicTime)
        /// Refuse the request that is being read, since it came too slowly, and look again then.
        case refuseRequest(lookAt: MonotonicTime)
        /// Refuse the body that comes too slowly, and look again then.
        case refuseBody(lookAt: MonotonicTime)
        /// Send nothing more, and read what comes until then.
        case linger(until: MonotonicTime)
        case close
    }

    /// What the socket did with an answer.
    enum Progress: Equatable {
        /// All of it is with the socket.
        case sent(Ending)
        /// Some of it waits, or nothing was being written.
        case waiting
        /// The same of an answer in pieces.
        case streaming(Action)
    }

    /// How many bytes moved since a time.
    private struct Pacing: Equatable {
        var since: MonotonicTime
        var bytes = 0
    }

    private(set) var phase: Phase
    /// Requests that had a handler.
    private(set) var requests = 0
    /// Of the body that comes; nil while none does, or nobody has room for it.
    private var arriving: Pacing?
    /// Of what the client takes while some waits for it.
    private var leaving: Pacing?

    init(at now: MonotonicTime) {
        phase = .idle(since: now)
    }

    // MARK: What is so

    /// Whether the next request may have its turn.
    var isBetweenAnswers: Bool {
        switch phase {
        case .idle, .reading: true
        case .answering, .streaming, .writing, .lingering, .closed: false
        }
    }

    var isClosed: Bool { phase == .closed }

    /// Whether what comes is not looked at.
    var isLingering: Bool { phase == .lingering }

    /// Whether the socket is read on: what was sent behind too many requests, or before somebody takes more of a body, waits
    /// in the socket, and so at the client.
    func reads(waiting requests: Int, bodyIsFull: Bool, _ rules: ConnectionRules) -> Bool {
        isLingering || (!isClosed && requests < rules.pipelined && !bodyIsFull)
    }

    /// What follows the answer to the request in progress.
    ///
    /// - Parameters:
    ///   - next: What else is there of the connection when the answer begins.
    ///   - endsConnection: The answer itself wants nothing read behind it; so does a refusal, whose request could not be read.
    func ending(
        keepsAlive: Bool, endsConnection: Bool, _ next: Next, isDraining: Bool, _ rules: ConnectionRules
    ) -> Ending {
        Ending(
            isLast: endsConnection || !keepsAlive || next.isBodyDue || requests >= rules.requests
                || (isDraining && !next.hasMore),
            lingers: endsConnection || isDraining || next.hasMore || next.isBodyDue)
    }

    /// Whether a request is being read and none is being answered.
    var isReading: Bool { if case .reading = phase { true } else { false } }

    // MARK: Requests

    /// The connection is served from now on.
    func opened(at now: MonotonicTime, isDraining: Bool, _ rules: ConnectionRules) -> Action {
        .look(at: now + (isDraining ? rules.times.drainGrace : rules.times.header))
    }

    /// Bytes came, or were there when an answer was out.
    mutating func requestBegan(at now: MonotonicTime, _ rules: ConnectionRules) -> Action {
        phase = .reading(since: now)
        // The clock may be looked at only at the end of an idle time, which is longer.
        return .lookBy(now + rules.times.header)
    }

    /// No request has begun.
    ///
    /// While draining, one that is on its way has a moment, since RFC 9112 section 9.6 has no other way to tell the client.
    mutating func becameIdle(at now: MonotonicTime, isDraining: Bool, _ rules: ConnectionRules) -> Action {
        phase = .idle(since: now)
        return isDraining ? .lookBy(now + rules.times.drainGrace) : .nothing
    }

    /// No further request is taken: the answer in progress is the last.
    mutating func drain(at now: MonotonicTime, _ rules: ConnectionRules) -> Action {
        guard case .idle = phase else { return .nothing }
        return becameIdle(at: now, isDraining: true, rules)
    }

    /// A handler has the next request.
    mutating func handed() {
        phase = .answering
        requests += 1
    }

    /// Whether a body comes and is wanted, as of now; its pace counts while it is.
    mutating func expectsBody(_ isExpected: Bool, at now: @autoclosure () -> MonotonicTime) {
        guard isExpected else { return arriving = nil }
        if arriving == nil { arriving = Pacing(since: now()) }
    }

    /// So much of the body came.
    mutating func bodyCame(_ bytes: Int) { arriving?.bytes += bytes }

    // MARK: Answers

    /// A whole answer begins to go out, and some of it waits.
    mutating func writes(_ ending: Ending, at now: MonotonicTime, _ rules: ConnectionRules) -> Action {
        phase = .writing(since: now, ending)
        return .lookBy(now + rules.times.write)
    }

    /// An answer in pieces begins.
    mutating func streams() { phase = .streaming(waitingSince: nil) }

    /// The answer in pieces is complete; the rest of it goes out like any other.
    ///
    /// Nil where no such answer was going out.
    mutating func streamEnded(isLast: Bool, at now: MonotonicTime, _ rules: ConnectionRules) -> Action? {
        guard case .streaming(let waitingSince) = phase else { return nil }
        let since = waitingSince ?? now
        phase = .writing(since: since, Ending(isLast: isLast, lingers: isLast))
        return .lookBy(since + rules.times.write)
    }

    /// The socket took bytes of what waited; with nothing left, `isEmpty`.
    mutating func sent(
        _ bytes: Int, isEmpty: Bool, at time: @autoclosure () -> MonotonicTime, _ rules: ConnectionRules
    ) -> Progress {
        // Where all is gone, nothing is to be watched, and the clock is not read.
        let now = isEmpty ? MonotonicTime(nanoseconds: 0) : time()
        if isEmpty {
            leaving = nil
        } else if leaving == nil {
            leaving = Pacing(since: now)
        } else {
            leaving?.bytes += bytes
        }
        switch phase {
        case .writing(_, let ending):
            if isEmpty { return .sent(ending) }
            phase = .writing(since: now, ending)
            return .waiting
        case .streaming: return .streaming(streamMoved(isEmpty: isEmpty, at: now, rules))
        case .idle, .reading, .answering, .lingering, .closed: return .waiting
        }
    }

    /// A piece of an answer went out: the time in which the client must take some more begins anew, and does not run while
    /// nothing waits.
    mutating func streamMoved(isEmpty: Bool, at now: MonotonicTime, _ rules: ConnectionRules) -> Action {
        guard !isEmpty else {
            phase = .streaming(waitingSince: nil)
            return .nothing
        }
        phase = .streaming(waitingSince: now)
        return .lookBy(now + rules.times.write)
    }

    /// The last answer is out.
    mutating func ended(lingers: Bool, at now: MonotonicTime, _ rules: ConnectionRules) -> Action {
        guard lingers else { return .close }
        phase = .lingering
        return .linger(until: now + rules.times.linger)
    }

    /// The socket is closed; false where it was before.
    mutating func closed() -> Bool {
        defer { phase = .closed }
        return !isClosed
    }

    // MARK: Time

    /// It is time to look at the clock.
    ///
    /// - Parameters:
    ///   - bodyBytes: What of the request being read has come behind its head.
    mutating func looked(
        at now: MonotonicTime, isDraining: Bool, bodyBytes: Int, _ rules: ConnectionRules
    ) -> Action {
        switch phase {
        case .idle(let since):
            if isDraining { return ended(lingers: true, at: now, rules) }
            let end = since + (requests > 0 ? rules.times.keepAliveIdle : rules.times.header)
            return now >= end ? .close : .look(at: end)
        case .reading(let since):
            let end = rules.arrival.end(since: since, moved: bodyBytes)
            return now >= end ? .refuseRequest(lookAt: now + rules.times.write) : .look(at: end)
        case .answering, .streaming(.none):
            return bodyPace(at: now, orBy: now + rules.times.header, isBound: false, rules)
        case .streaming(.some(let since)), .writing(let since, _):
            var end = since + rules.times.write
            if let leaving { end = min(end, rules.departure.end(since: leaving.since, moved: leaving.bytes)) }
            return now >= end ? .close : bodyPace(at: now, orBy: end, isBound: true, rules)
        case .lingering: return .close
        case .closed: return .nothing
        }
    }

    /// Looks at the pace of the body that comes, if one does.
    ///
    /// - Parameter isBound: Whether the other time holds beside that of a body.
    private mutating func bodyPace(
        at now: MonotonicTime, orBy other: MonotonicTime, isBound: Bool, _ rules: ConnectionRules
    ) -> Action {
        guard let arriving else { return .look(at: other) }
        let end = rules.arrival.end(since: arriving.since, moved: arriving.bytes)
        if now < end { return .look(at: isBound ? min(end, other) : end) }
        self.arriving = nil
        return .refuseBody(lookAt: other)
    }
}

/// The times and paces that hold for all connections of a server.
final class ConnectionRules: Sendable {
    let times: ClientLimits.Times
    /// How fast requests are to come, and answers to be taken.
    let arrival, departure: Pace
    /// Requests that may wait behind the one in progress.
    let pipelined: Int
    /// Requests on one connection.
    let requests: Int

    init(_ limits: ClientLimits) {
        times = limits.times
        arrival = Pace(grace: limits.times.header, bytesPerSecond: limits.leastRate)
        pipelined = limits.requests.pipelined
        requests = limits.connections.requests ?? .max
        departure = Pace(grace: limits.times.write, bytesPerSecond: limits.leastRate)
    }
}
