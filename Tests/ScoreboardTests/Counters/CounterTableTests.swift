import Testing

@testable import Scoreboard

@Suite("Tables of counters")
struct CounterTableTests {
    /// A table as every reader sees it.
    private func check<Table: CounterTable>(_ table: Table.Type) {
        let counters = Array(Table.allCases)
        #expect(counters.map(\.rawValue) == Array(0..<counters.count))
        #expect(counters.count <= CounterWords<Table>.room)
        for row in counters.map(\.row) {
            #expect(row.metric.hasPrefix("gateway_") && row.help.hasSuffix(".") && !row.help.contains("\\"))
            // https://prometheus.io/docs/practices/naming/
            #expect((row.kind == .counter) == row.metric.hasSuffix("_total"))
        }
        #expect(Set(counters.map(\.row.member)).count == counters.count)
        var one = Counts<Table>()
        var other = Counts<Table>()
        for counter in counters {
            one[counter] = UInt64(counter.rawValue) + 1
            other[counter] = 100
        }
        one.merge(other)
        for counter in counters { #expect(one[counter] == UInt64(counter.rawValue) + 101) }
    }

    @Test("A table has its counters in a row, with names as Prometheus has them, and merges all of them")
    func tables() {
        check(ConnectionCounter.self)
        check(RequestCounter.self)
        check(RefusalCounter.self)
        check(CallCounter.self)
        check(AccessLogCounter.self)
        check(SpanCounter.self)
        check(UpstreamCallCounter.self)
        check(AttemptCounter.self)
        check(SharingCounter.self)
        check(CacheCounter.self)
    }

    @Test("What a dead process can no longer count down goes back to zero, and counters stay")
    func gauges() throws {
        let board = try TestBoard(slots: 1)
        let worker = try board.scoreboard.worker(0)
        try board.scoreboard.supervisor.registerUpstream(named: "users")
        worker.connectionOpened()
        worker.requestStarted()
        worker.callStarted(upstream: 0)
        worker.cacheKeeps(bytes: 77, upstream: 0)
        worker.count(.retries, upstream: 0)
        worker.count(.linesDropped, 3)
        board.scoreboard.supervisor.update(.worker(0)) { $0.pid = 5 }
        board.scoreboard.supervisor.resetGauges(of: .worker(0))
        let snapshot = board.scoreboard.reader.snapshot()
        #expect(snapshot.totals.connections == connections(active: 0, accepted: 1))
        #expect(snapshot.totals.requests[.total] == 1 && snapshot.totals.requests[.inFlight] == 0)
        #expect(snapshot.totals.calls[.total] == 1 && snapshot.totals.calls[.inFlight] == 0)
        #expect(snapshot.totals.accessLog[.linesDropped] == 3)
        let upstream = try #require(snapshot.upstreams.first).traffic
        #expect(upstream.calls[.total] == 1 && upstream.calls[.inFlight] == 0)
        #expect(upstream.attempts[.retries] == 1 && upstream.cache[.bytes] == 0)
    }
}
