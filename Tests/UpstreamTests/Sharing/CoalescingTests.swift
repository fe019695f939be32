import Base
import HTTP
import Loop
import Policy
import Processes
import Testing

@testable import Upstream

@Suite(.timeLimit(.minutes(5))) @LoopActor struct CoalescingTests {
    private typealias Caller = Shared.Caller

    @Test("calls that are equal and run at once are made once, and all have its answer")
    func together() throws {
        let shared = try Shared()
        let callers = (0..<64).map { _ in Caller() }
        let calls = try callers.map { try shared.call("a", $0) }
        #expect(
            shared.fetches.count == 1 && shared.count(.coalesced) == 63 && callers.allSatisfy { $0.results.isEmpty })
        shared.end(0, Shared.answer())
        #expect(callers.allSatisfy { $0.results == [Shared.answer()] })
        // The next one is another call.
        _ = try shared.call("b", Caller())
        #expect(shared.fetches.map(\.caller) == ["a", "b"])
        withExtendedLifetime(calls) {}
    }

    @Test("callers who differ in any field that goes out do not share, but in those of each request they may")
    func keys() throws {
        let shared = try Shared()
        for fields in ["", "Authorization: a\r\n", "Authorization: b\r\n", "Cookie: a\r\n", "X: 1\r\nCookie: a\r\n"] {
            _ = try shared.call(fields, Caller(), fields: fields)
        }
        #expect(shared.fetches.count == 5)
        for fields in ["X-Request-Id: 1\r\n", "traceparent: 1\r\nX-REQUEST-ID: 2\r\n", "x-deadline: 5\r\n"] {
            _ = try shared.call(fields, Caller(), fields: fields)
        }
        #expect(shared.fetches.count == 5)
    }

    @Test("only a GET without a body is shared, and no request's own fields are")
    func unshared() {
        let endpoint = Endpoint(
            UpstreamServers([], UpstreamSettings()), TransferSettings(bodyLimit: 1, userAgent: ""))
        let larger = Endpoint(UpstreamServers([], UpstreamSettings()), TransferSettings(bodyLimit: 2, userAgent: ""))
        func key(_ endpoint: Endpoint, _ message: OutgoingMessage?, id: String = "a", target: String = "/") -> CallKey?
        {
            let headers = HeaderList()
            headers.append("X-Request-Id", id)
            var order = CallOrder(
                endpoint, target: Array(target.utf8), headers: headers, timeout: .zero, owner: Caller())
            order.message = message
            return CallKey(order)
        }
        #expect(key(endpoint, OutgoingMessage(method: "POST")) == nil)
        #expect(key(endpoint, OutgoingMessage(method: "HEAD")) == nil)
        #expect(key(endpoint, OutgoingMessage(method: "GET", body: [])) == nil)
        #expect(key(endpoint, nil) != nil)
        #expect(key(endpoint, nil) == key(endpoint, OutgoingMessage(method: "GET"), id: "b"))
        #expect(key(endpoint, nil) != key(larger, nil))
        #expect(key(endpoint, nil) != key(endpoint, nil, target: "/a"))
    }

    @Test("a failure is that of all who wait")
    func failure() throws {
        let shared = try Shared()
        let callers = (0..<3).map { _ in Caller() }
        for caller in callers { _ = try shared.call("a", caller) }
        shared.end(0, .failure(.reset))
        #expect(callers.allSatisfy { $0.results == [.failure(.reset)] })
    }

    @Test("the call goes on as long as one waits, whoever began it, and is cancelled with the last")
    func leaving() throws {
        let shared = try Shared()
        let callers = (0..<3).map { _ in Caller() }
        let calls = try callers.map { try shared.call("a", $0) }
        calls[0].cancel()
        calls[2].cancel()
        calls[2].cancel()
        #expect(shared.cancelled.isEmpty)
        shared.end(0, Shared.answer())
        #expect(callers.map(\.results.count) == [0, 1, 0])
        let more = try callers.map { try shared.call("b", $0) }
        for call in more { call.cancel() }
        #expect(shared.cancelled == [1])
        // What was cancelled is joined by nobody.
        _ = try shared.call("c", Caller())
        #expect(shared.fetches.map(\.caller) == ["a", "b", "c"])
    }

    @Test("a call that may not wait as long as the one that it shares ends alone")
    func ownDeadline() async throws {
        let shared = try Shared()
        let (patient, hasty) = (Caller(), Caller())
        _ = try shared.call("a", patient)
        _ = try shared.call("b", hasty, timeout: .milliseconds(5))
        await until { !hasty.results.isEmpty }
        #expect(hasty.results == [.failure(.timeout)] && patient.results.isEmpty && shared.cancelled.isEmpty)
        shared.end(0, Shared.answer())
        #expect(patient.results.count == 1 && hasty.results.count == 1)
    }

    @Test("a timeout of the leader is not that of those who have time left: the call is made again for them, once")
    func leaderTimeout() async throws {
        let shared = try Shared()
        let callers = (0..<3).map { _ in Caller() }
        let past = MonotonicTime(nanoseconds: MonotonicTime.now().nanoseconds - 1_000_000_000)
        _ = try shared.call("leader", callers[0], timeout: .milliseconds(500), at: past)
        _ = try shared.call("second", callers[1], timeout: .seconds(50))
        _ = try shared.call("third", callers[2], timeout: .milliseconds(20))
        shared.end(0, .failure(.timeout))
        #expect(callers.map(\.results) == [[.failure(.timeout)], [], []])
        #expect(shared.fetches.map(\.caller) == ["leader", "second"])
        // What the first says now is late.
        shared.end(0, Shared.answer(500))
        await until { !callers[2].results.isEmpty }
        #expect(callers[2].results == [.failure(.timeout)])
        shared.end(1, Shared.answer())
        #expect(callers[1].results == [Shared.answer()] && shared.cancelled.isEmpty)
    }

    @Test("a timeout before the leader's time is up is a failure like others")
    func attemptTimeout() throws {
        let shared = try Shared()
        let callers = (0..<2).map { _ in Caller() }
        for caller in callers { _ = try shared.call("a", caller) }
        shared.end(0, .failure(.timeout))
        #expect(callers.allSatisfy { $0.results == [.failure(.timeout)] } && shared.fetches.count == 1)
    }

    @Test("who is told may cancel others who wait for the same, and begin the next call")
    func reentrance() throws {
        let shared = try Shared()
        let (first, second) = (Caller(), Caller())
        _ = try shared.call("a", first)
        let call = try shared.call("a", second)
        first.onSettled = {
            call.cancel()
            _ = try? shared.call("b", Caller())
        }
        shared.end(0, Shared.answer())
        #expect(second.results.isEmpty && shared.fetches.map(\.caller) == ["a", "b"] && shared.cancelled.isEmpty)
        // The same where it is made again.
        let past = MonotonicTime(nanoseconds: 1)
        let callers = (0..<3).map { _ in Caller() }
        let calls = try zip(callers, [past, past, .now()]).map {
            try shared.call("c", $0, fields: "C: c\r\n", timeout: .seconds(1), at: $1)
        }
        callers[0].onSettled = { calls[1].cancel() }
        shared.end(2, .failure(.timeout))
        #expect(callers.map(\.results.count) == [1, 0, 0] && shared.fetches.count == 4 && shared.cancelled.isEmpty)
        shared.end(3, Shared.answer())
        #expect(callers[2].results == [Shared.answer()])
    }

    @Test("an answer that sets a cookie is one caller's, and the others have one of their own each")
    func personal() throws {
        let shared = try Shared()
        let callers = (0..<3).map { _ in Caller() }
        for (index, caller) in callers.enumerated() { _ = try shared.call("\(index)", caller) }
        let personal = Shared.answer(200, "1", ("Set-Cookie", "a=b"))
        shared.end(0, personal)
        #expect(callers.map(\.results.count) == [1, 0, 0] && shared.fetches.map(\.caller) == ["0", "1", "2"])
        shared.end(2, Shared.answer(200, "2", ("Set-Cookie", "a=c")))
        shared.end(1, Shared.answer(200, "3"))
        #expect(callers.map(\.results.count) == [1, 1, 1])
    }
}
