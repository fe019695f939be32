import Base
import Foundation
import Policy
import Testing

@testable import Scoreboard

@Suite("Counting")
struct CountingTests {
    @Test("Each event moves its own counters and gauges")
    func events() throws {
        let board = try TestBoard(slots: 1)
        let users = try board.scoreboard.supervisor.registerUpstream(named: "users")
        let worker = try board.scoreboard.worker(0)
        board.start(0)
        worker.connectionOpened()
        worker.connectionOpened()
        worker.connectionClosed()
        for status in [200, 204, 302, 404, 499, 503, 101, 0, 999] {
            worker.requestStarted()
            worker.requestFinished(status: status, latency: .milliseconds(2))
        }
        worker.requestStarted()
        worker.callStarted(upstream: users)
        worker.callStarted(upstream: nil)
        worker.callStarted(upstream: users)
        worker.callStarted(upstream: -5)
        worker.callFinished(upstream: users, failure: nil, latency: .milliseconds(1))
        worker.callFinished(upstream: nil, failure: .timeout, latency: .milliseconds(9))
        worker.callFinished(upstream: users, failure: .circuitOpen, latency: nil)
        worker.heartbeat(at: .seconds(77))

        let snapshot = board.scoreboard.reader.snapshot()
        let traffic = snapshot.totals
        #expect(traffic.connections == connections(active: 1, accepted: 2))
        #expect(traffic.requests[.total] == 10 && traffic.requests[.inFlight] == 1)
        #expect(traffic.byClass.named.map(\.count) == [1, 2, 1, 2, 3])
        #expect(traffic.latency.count == 9 && traffic.latency.maxMicroseconds == 2_000)
        #expect(traffic.calls[.total] == 4 && traffic.calls[.inFlight] == 1)
        #expect(traffic.failures[.timeout] == 1 && traffic.failures[.circuitOpen] == 1 && traffic.failures[.dns] == 0)
        let upstream = try #require(snapshot.upstreams.first).traffic
        #expect(upstream.calls[.total] == 2 && upstream.calls[.inFlight] == 0 && upstream.failures[.timeout] == 0)
        #expect(upstream.latency.count == 1 && upstream.latency.maxMicroseconds == 1_000)
        #expect(worker.gauges == board.scoreboard.supervisor.gauges(ofWorker: 0))
        #expect(worker.gauges.heartbeat == .seconds(77) && worker.gauges.requestsInFlight == 1)
    }

    @Test("After a worker's death its counts stand, its gauges are zero, and its exit says what it left unanswered")
    func death() throws {
        let board = try TestBoard(slots: 2)
        let supervisor = board.scoreboard.supervisor
        let users = try supervisor.registerUpstream(named: "users")
        board.start(0, pid: 50)
        let worker = try board.scoreboard.worker(0)
        for _ in 0..<3 {
            worker.connectionOpened()
            worker.requestStarted()
            worker.callStarted(upstream: users)
        }
        worker.requestFinished(status: 200, latency: .seconds(1))
        worker.heartbeat(at: .seconds(9))
        let before = board.scoreboard.reader.snapshot().totals

        supervisor.recordExit(of: .worker(0), reason: "signal SIGKILL", at: WallTime(milliseconds: 5))
        let dead = try #require(board.worker(0))
        #expect(dead.process.state == .dead && dead.process.pid == 0 && dead.heartbeat == nil)
        #expect(
            dead.process.lastExit == LastExit(reason: "signal SIGKILL", at: WallTime(milliseconds: 5), inFlight: 2))
        board.start(0, pid: 51, isRestart: true)

        let snapshot = board.scoreboard.reader.snapshot()
        #expect(snapshot.totals.requests[.total] == before.requests[.total] && snapshot.totals.requests[.inFlight] == 0)
        #expect(snapshot.totals.calls[.total] == 3 && snapshot.totals.calls[.inFlight] == 0)
        #expect(snapshot.totals.connections == connections(active: 0, accepted: 3))
        #expect(snapshot.totals.latency == before.latency)
        #expect(snapshot.upstreams.first?.traffic.calls[.inFlight] == 0)
        #expect(snapshot.supervisor.restartsTotal == 1)
        #expect(snapshot.workers.map(\.id) == [0] && snapshot.workers.first?.process.restarts == 1)
        #expect(snapshot.workers.first?.process.lastExit?.reason == "signal SIGKILL")
    }

    @Test("The admin process has an entry of its own, whose restarts are not counted as workers'")
    func admin() throws {
        let board = try TestBoard(slots: 1)
        let supervisor = board.scoreboard.supervisor
        #expect(supervisor.entry(of: .admin) == nil)
        supervisor.recordStart(of: .admin, pid: 7, generation: 1, at: .seconds(1), isRestart: false)
        supervisor.recordExit(of: .admin, reason: "exit 70", at: WallTime(milliseconds: 1), held: true)
        #expect(supervisor.entry(of: .admin)?.state == .held)
        supervisor.recordStart(of: .admin, pid: 8, generation: 1, at: .seconds(2), isRestart: true)
        let entry = try #require(board.scoreboard.reader.entry(of: .admin))
        #expect(entry.pid == 8 && entry.restarts == 1 && entry.lastExit?.reason == "exit 70")
        #expect(board.scoreboard.reader.supervisor.restartsTotal == 0)
    }

    @Test("A gauge that is counted down once too often stays at zero")
    func saturated() throws {
        let worker = try TestBoard(slots: 1).scoreboard.worker(0)
        worker.connectionClosed()
        worker.requestFinished(status: 200, latency: nil)
        #expect(worker.gauges.activeConnections == 0 && worker.gauges.requestsInFlight == 0)
    }

    @Test("The load of the workers counts those that are ready only")
    func readyLoad() throws {
        let board = try TestBoard(slots: 4)
        for slot in 0..<3 {
            board.start(slot)
            let worker = try board.scoreboard.worker(slot)
            for _ in 0...slot { worker.connectionOpened() }
        }
        for slot in 0..<2 { board.scoreboard.supervisor.update(.worker(slot)) { $0.state = .ready } }
        let load = board.scoreboard.reader.readyLoad(at: MonotonicTime(nanoseconds: 0))
        #expect(load.workers == 2 && load.connections == 3)
    }

    @Test("An upstream keeps its index, and the table says when a name does not fit")
    func upstreamTable() throws {
        let supervisor = try TestBoard(slots: 1).scoreboard.supervisor
        for round in 0..<2 {
            for index in 0..<ScoreboardLimits.upstreams {
                #expect(try supervisor.registerUpstream(named: "upstream \(index)") == index, "round \(round)")
            }
        }
        #expect(throws: ScoreboardError.upstreamsFull("one more")) {
            try supervisor.registerUpstream(named: "one more")
        }
        for name in ["", String(repeating: "n", count: ScoreboardLimits.nameBytes + 1)] {
            #expect(throws: ScoreboardError.upstreamName(name)) { try supervisor.registerUpstream(named: name) }
        }
    }

    @Test("While a worker counts, a reader's totals never go back and no more has ended than has begun")
    func whileCounting() throws {
        let board = try TestBoard(slots: 1)
        let users = try board.scoreboard.supervisor.registerUpstream(named: "users")
        board.start(0)
        let worker = try board.scoreboard.worker(0)
        let rounds: UInt64 = 100_000
        let writer = Thread {
            for round in 0..<rounds {
                worker.requestStarted()
                worker.callStarted(upstream: users)
                worker.callFinished(upstream: users, failure: .reset, latency: .microseconds(Int64(round)))
                worker.requestFinished(status: 200, latency: .microseconds(Int64(round)))
            }
        }
        let reader = try ScoreboardReader.map(descriptor: board.readOnlyDescriptor)
        writer.start()
        var last = Traffic()
        for _ in 0..<10_000_000 where last.byClass[1] < rounds {
            let snapshot = reader.snapshot()
            let (now, upstream) = (snapshot.totals, snapshot.upstreams[0].traffic)
            let isOrdered =
                now.requests[.total] >= last.requests[.total] && now.byClass[1] >= last.byClass[1]
                && now.byClass[1] <= now.requests[.total] && now.requests[.inFlight] <= 1
                && now.failures[.reset] <= now.calls[.total] && upstream.failures[.reset] <= upstream.calls[.total]
                && now.latency.count >= last.latency.count && upstream.latency.count <= rounds
            guard isOrdered else {
                Issue.record("\(last.requests) was followed by \(now.requests), \(now.calls), \(upstream.calls)")
                break
            }
            last = now
        }
        #expect(last.byClass[1] == rounds)
        let end = reader.snapshot().totals
        #expect(end.requests[.total] == rounds && end.latency.count == rounds && end.failures[.reset] == rounds)
    }
}
