import Base
import HTTP
import TestSupport
import Testing

@testable import HTTPEdge

/// Events of a connection in any order, against what must always hold.
@Suite("The state of a connection, by generated events")
struct ConnectionStateGeneratedTests {
    private let rules = ConnectionRules(ClientLimits())
    private let endings = [
        ConnectionState.Ending(isLast: true, lingers: true), ConnectionState.Ending(isLast: false, lingers: false),
    ]

    private func at(_ milliseconds: Int64) -> MonotonicTime {
        MonotonicTime(nanoseconds: 1_000_000_000) + .milliseconds(milliseconds)
    }

    @Test("Whatever happens in whatever order, a closed connection stays closed and no look is in the past")
    func generated() {
        var random = SeededGenerator(seed: 18)
        for _ in 0..<3_000 {
            var state = ConnectionState(at: at(0))
            var time: Int64 = 0
            var hasClosed = false
            for _ in 0..<30 {
                time += Int64.random(in: 0...40_000, using: &random)
                let action = happen(&state, at: time, &random)
                switch action {
                case .look(let next), .refuseRequest(let next), .refuseBody(let next), .linger(let next):
                    #expect(next > at(time))
                case .close: #expect(state.closed() != hasClosed)
                case .nothing, .lookBy: break
                }
                hasClosed = hasClosed || state.isClosed
                #expect(state.isClosed == hasClosed)
                #expect(!(state.isClosed && (state.isBetweenAnswers || state.isReading || state.isLingering)))
            }
        }
    }

    /// One event, of those that may come in the present phase.
    private func happen(
        _ state: inout ConnectionState, at time: Int64, _ random: inout SeededGenerator
    ) -> ConnectionState.Action {
        let now = at(time)
        let flag = random.chance(1, of: 2)
        if random.chance(1, of: 3) { return state.looked(at: now, isDraining: flag, bodyBytes: 100, rules) }
        switch state.phase {
        case .idle: return flag ? state.requestBegan(at: now, rules) : state.drain(at: now, rules)
        case .reading:
            if flag { return state.becameIdle(at: now, isDraining: random.chance(1, of: 2), rules) }
            let requests = state.requests
            state.handed()
            #expect(state.requests == requests + 1 && !state.isBetweenAnswers)
            return .nothing
        case .answering:
            state.expectsBody(flag, at: now)
            if flag { return state.writes(random.pick(endings), at: now, rules) }
            state.streams()
            return .nothing
        case .streaming:
            if flag { return state.streamEnded(isLast: random.chance(1, of: 2), at: now, rules) ?? .close }
            return state.streamMoved(isEmpty: random.chance(1, of: 2), at: now, rules)
        case .writing:
            guard case .sent(let ending) = state.sent(7, isEmpty: flag, at: now, rules) else { return .nothing }
            if ending.isLast { return state.ended(lingers: ending.lingers, at: now, rules) }
            return state.becameIdle(at: now, isDraining: false, rules)
        case .lingering: return flag ? .close : .nothing
        case .closed: return .nothing
        }
    }
}
