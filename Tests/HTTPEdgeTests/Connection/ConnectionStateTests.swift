import Base
import HTTP
import TestSupport
import Testing

@testable import HTTPEdge

/// What follows from the events of a connection, without a socket and with a clock of the test's own.
@Suite("The state of a connection")
struct ConnectionStateTests {
    private static let limits: ClientLimits = {
        var limits = ClientLimits()
        limits.times.header = .seconds(10)
        limits.times.keepAliveIdle = .seconds(75)
        limits.times.write = .seconds(60)
        limits.times.drainGrace = .milliseconds(250)
        limits.times.linger = .seconds(1)
        limits.leastRate = 500
        return limits
    }()
    private let rules = ConnectionRules(limits)
    private let last = ConnectionState.Ending(isLast: true, lingers: true)
    private let more = ConnectionState.Ending(isLast: false, lingers: false)

    private func at(_ milliseconds: Int64) -> MonotonicTime {
        MonotonicTime(nanoseconds: 1_000_000_000) + .milliseconds(milliseconds)
    }

    private func look(
        _ state: inout ConnectionState, at time: Int64, isDraining: Bool = false, bodyBytes: Int = 0
    ) -> ConnectionState.Action {
        state.looked(at: at(time), isDraining: isDraining, bodyBytes: bodyBytes, rules)
    }

    private func idle() -> ConnectionState { ConnectionState(at: at(0)) }

    private func reading(from time: Int64 = 0) -> ConnectionState {
        var state = idle()
        _ = state.requestBegan(at: at(time), rules)
        return state
    }

    private func answering() -> ConnectionState {
        var state = reading()
        state.handed()
        return state
    }

    // MARK: Between requests

    @Test("A connection that sends nothing is closed when the time for a header is up")
    func silent() {
        var state = idle()
        #expect(state.opened(at: at(0), isDraining: false, rules) == .look(at: at(10_000)))
        #expect(look(&state, at: 9_999) == .look(at: at(10_000)))
        #expect(look(&state, at: 10_000) == .close)
    }

    @Test("A connection that had a request may rest as long as keep-alive lets it")
    func keepAlive() {
        var state = answering()
        #expect(state.becameIdle(at: at(500), isDraining: false, rules) == .nothing)
        #expect(look(&state, at: 10_000) == .look(at: at(75_500)))
        #expect(look(&state, at: 75_500) == .close)
    }

    @Test("A request that comes after a rest has the time for a header, not what is left of the rest")
    func afterRest() {
        var state = answering()
        _ = state.becameIdle(at: at(0), isDraining: false, rules)
        #expect(state.requestBegan(at: at(70_000), rules) == .lookBy(at(80_000)))
        #expect(look(&state, at: 75_000) == .look(at: at(80_000)))
        #expect(look(&state, at: 80_000) == .refuseRequest(lookAt: at(140_000)))
    }

    @Test("A body buys time for its request, by the bytes that came")
    func pace() {
        var state = reading()
        #expect(look(&state, at: 10_000, bodyBytes: 500) == .look(at: at(11_000)))
        #expect(look(&state, at: 11_000, bodyBytes: 999) == .look(at: at(11_998)))
        #expect(look(&state, at: 11_998, bodyBytes: 999) == .refuseRequest(lookAt: at(71_998)))
    }

    // MARK: Drain

    @Test("A drain leaves an idle connection a moment, and then ends it in order")
    func drainIdle() {
        var state = idle()
        #expect(state.drain(at: at(100), rules) == .lookBy(at(350)))
        #expect(look(&state, at: 350, isDraining: true) == .linger(until: at(1_350)))
        #expect(state.isLingering)
        #expect(look(&state, at: 1_350, isDraining: true) == .close)
    }

    @Test("A drain changes nothing for a connection with a request, and ends it when that is answered")
    func drainBusy() {
        for begin in [reading(), answering()] {
            var state = begin
            #expect(state.drain(at: at(5), rules) == .nothing)
            #expect(state == begin)
        }
        var state = answering()
        #expect(state.becameIdle(at: at(20), isDraining: true, rules) == .lookBy(at(270)))
    }

    @Test("A connection that is accepted while the server drains has only that moment")
    func acceptedLate() {
        #expect(idle().opened(at: at(0), isDraining: true, rules) == .look(at: at(250)))
    }

    // MARK: What is read

    @Test("A connection is read until as many requests wait as may, and not while nobody takes more of a body")
    func reads() {
        for state in [idle(), reading(), answering()] {
            #expect(state.reads(waiting: rules.pipelined - 1, bodyIsFull: false, rules))
            #expect(!state.reads(waiting: rules.pipelined, bodyIsFull: false, rules))
            #expect(!state.reads(waiting: 0, bodyIsFull: true, rules))
        }
        var state = answering()
        _ = state.ended(lingers: true, at: at(0), rules)
        #expect(state.reads(waiting: rules.pipelined, bodyIsFull: true, rules))
        _ = state.closed()
        #expect(!state.reads(waiting: 0, bodyIsFull: false, rules))
    }

    // MARK: Answers

    private func ending(
        of state: ConnectionState, keepsAlive: Bool = true, endsConnection: Bool = false, hasMore: Bool = false,
        isBodyDue: Bool = false, isDraining: Bool = false
    ) -> ConnectionState.Ending {
        state.ending(
            keepsAlive: keepsAlive, endsConnection: endsConnection,
            ConnectionState.Next(hasMore: hasMore, isBodyDue: isBodyDue), isDraining: isDraining, rules)
    }

    @Test("An answer is the last where the client, the answer or a drain says so, or its body is still coming")
    func lastAnswer() {
        let state = answering()
        #expect(ending(of: state) == more)
        #expect(ending(of: state, hasMore: true) == ConnectionState.Ending(isLast: false, lingers: true))
        #expect(ending(of: state, keepsAlive: false) == ConnectionState.Ending(isLast: true, lingers: false))
        #expect(ending(of: state, endsConnection: true) == last)
        #expect(ending(of: state, isBodyDue: true) == last)
        #expect(ending(of: state, isDraining: true) == last)
        // What came before the drain is answered.
        #expect(!ending(of: state, hasMore: true, isDraining: true).isLast)
    }

    @Test("A connection has as many requests as it may, and the answer to the last one ends it")
    func requestsPerConnection() {
        var limits = Self.limits
        limits.connections.requests = 3
        let rules = ConnectionRules(limits)
        var state = idle()
        for request in 1...3 {
            state.handed()
            let ending = state.ending(
                keepsAlive: true, endsConnection: false, ConnectionState.Next(), isDraining: false, rules)
            #expect(ending.isLast == (request == 3))
        }
    }

    @Test("An answer that waits for its client ends the connection when nothing of it is taken in time")
    func slowReader() {
        var state = answering()
        #expect(state.writes(more, at: at(0), rules) == .lookBy(at(60_000)))
        #expect(state.sent(1_000_000, isEmpty: false, at: at(30_000), rules) == .waiting)
        #expect(look(&state, at: 60_000) == .look(at: at(90_000)))
        #expect(look(&state, at: 90_000) == .close)
    }

    @Test("A client that takes a few bytes now and then is too slow all the same")
    func trickle() {
        var state = answering()
        _ = state.writes(more, at: at(0), rules)
        var time: Int64 = 0
        var action = ConnectionState.Action.nothing
        for _ in 0..<100 where action != .close {
            time += 10_000
            #expect(state.sent(1, isEmpty: false, at: at(time), rules) == .waiting)
            action = look(&state, at: time)
        }
        #expect(action == .close && time == 80_000)
    }

    @Test("What follows an answer is what was decided when it began", arguments: [true, false], [true, false])
    func ending(isLast: Bool, lingers: Bool) {
        let ending = ConnectionState.Ending(isLast: isLast, lingers: lingers)
        var state = answering()
        _ = state.writes(ending, at: at(0), rules)
        #expect(state.sent(10, isEmpty: true, at: at(1), rules) == .sent(ending))
    }

    @Test("The end of a connection lingers only where the client may still be sending")
    func lingering() {
        var state = answering()
        #expect(state.ended(lingers: false, at: at(0), rules) == .close)
        #expect(state.ended(lingers: true, at: at(0), rules) == .linger(until: at(1_000)))
        #expect(!state.isBetweenAnswers && state.isLingering)
    }

    // MARK: Answers in pieces

    @Test("A silent source is no slow client: the time to write runs only while something waits")
    func stream() {
        var state = answering()
        state.streams()
        #expect(look(&state, at: 600_000) == .look(at: at(610_000)))
        #expect(state.streamMoved(isEmpty: false, at: at(600_000), rules) == .lookBy(at(660_000)))
        #expect(look(&state, at: 659_999) == .look(at: at(660_000)))
        #expect(state.sent(5, isEmpty: true, at: at(659_999), rules) == .streaming(.nothing))
        #expect(look(&state, at: 660_000) == .look(at: at(670_000)))
    }

    @Test("The rest of a stream has the time that its last piece has")
    func streamEnd() {
        var state = answering()
        #expect(state.streamEnded(isLast: true, at: at(0), rules) == nil)
        state.streams()
        _ = state.streamMoved(isEmpty: false, at: at(100), rules)
        #expect(state.streamEnded(isLast: true, at: at(30_000), rules) == .lookBy(at(60_100)))
        #expect(state.phase == .writing(since: at(100), last))
    }

    // MARK: Bodies that are taken as they come

    @Test("A body that is wanted and does not come is refused; one that nobody has room for may wait")
    func bodyPace() {
        var state = answering()
        state.expectsBody(true, at: at(0))
        state.bodyCame(500)
        #expect(look(&state, at: 10_000) == .look(at: at(11_000)))
        state.expectsBody(false, at: at(10_500))
        #expect(look(&state, at: 11_000) == .look(at: at(21_000)))
        state.expectsBody(true, at: at(20_000))
        #expect(look(&state, at: 29_999) == .look(at: at(30_000)))
        #expect(look(&state, at: 30_000) == .refuseBody(lookAt: at(40_000)))
        // It is refused once.
        #expect(look(&state, at: 40_000) == .look(at: at(50_000)))
    }

    @Test("A body and an answer that waits are both looked at: whichever is due first")
    func both() {
        var state = answering()
        state.expectsBody(true, at: at(0))
        state.streams()
        _ = state.streamMoved(isEmpty: false, at: at(0), rules)
        #expect(look(&state, at: 5_000) == .look(at: at(10_000)))
        state.bodyCame(1_000_000)
        #expect(look(&state, at: 10_000) == .look(at: at(60_000)))
        #expect(look(&state, at: 60_000) == .close)
    }
}
