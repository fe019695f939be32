import Base
import Testing

@testable import Scoreboard

/// A slot with two rows, which is what it has while one process follows another.
@Suite("Rows of a slot")
struct RowTests {
    private func start(_ board: TestBoard, row: Int, pid: Int32, generation: Int, at second: UInt64) {
        board.scoreboard.supervisor.recordStart(
            of: .worker(0, row: row), pid: pid, generation: generation, at: .seconds(second), isRestart: false)
    }

    @Test("What two processes of a slot count is shown in sum, and the newest is shown as the process")
    func sum() throws {
        let board = try TestBoard(slots: 2)
        let supervisor = board.scoreboard.supervisor
        let users = try supervisor.registerUpstream(named: "users")
        start(board, row: 0, pid: 10, generation: 1, at: 1)
        supervisor.update(.worker(0, row: 0)) { $0.state = .ready }
        start(board, row: 1, pid: 11, generation: 2, at: 5)
        let old = try board.scoreboard.worker(0, row: 0)
        let new = try board.scoreboard.worker(0, row: 1)
        for worker in [old, new, new] {
            worker.connectionOpened()
            worker.requestStarted()
            worker.callStarted(upstream: users)
            worker.callFinished(upstream: users, failure: nil, latency: .milliseconds(2))
        }
        old.requestFinished(status: 200, latency: .milliseconds(9))
        new.heartbeat(at: .seconds(6))
        let shown = try #require(board.worker(0))
        #expect(shown.traffic.requests[.total] == 3 && shown.traffic.requests[.inFlight] == 2)
        #expect(shown.traffic.connections[.active] == 3 && shown.traffic.calls[.total] == 3)
        #expect(shown.upstreams.first?.latency.count == 3)
        #expect(shown.process.pid == 11 && shown.process.generation == 2 && shown.process.state == .starting)
        #expect(shown.heartbeat == .seconds(6))
        #expect(shown.isReady, "the old one serves still")
        #expect(board.scoreboard.reader.snapshot().workersReady == 1)
        #expect(board.scoreboard.reader.readyLoad(at: .seconds(6)).workers == 1)
    }

    @Test("A process that dies beside another leaves its counts, and the other one is shown")
    func death() throws {
        let board = try TestBoard(slots: 1)
        let supervisor = board.scoreboard.supervisor
        start(board, row: 0, pid: 10, generation: 1, at: 1)
        start(board, row: 1, pid: 11, generation: 2, at: 5)
        let new = try board.scoreboard.worker(0, row: 1)
        for _ in 0..<4 { new.requestStarted() }
        supervisor.recordExit(of: .worker(0, row: 1), reason: "exit 1", at: WallTime(milliseconds: 9))
        let shown = try #require(board.worker(0))
        #expect(shown.process.pid == 10 && shown.process.generation == 1)
        #expect(shown.traffic.requests[.total] == 4 && shown.traffic.requests[.inFlight] == 0)
        #expect(shown.process.lastExit == LastExit(reason: "exit 1", at: WallTime(milliseconds: 9), inFlight: 4))
        #expect(supervisor.gauges(ofWorker: 0, row: 0).heartbeat == nil)
    }

    @Test("Totals only grow while processes take turns on the rows of a slot")
    func turns() throws {
        let board = try TestBoard(slots: 1)
        let supervisor = board.scoreboard.supervisor
        var last: UInt64 = 0
        for turn in 0..<20 {
            let row = turn % 2
            start(board, row: row, pid: Int32(100 + turn), generation: turn, at: UInt64(turn + 1))
            #expect(supervisor.requestsBegun(ofWorker: 0, row: row) == UInt64(turn / 2 * 3))
            let worker = try board.scoreboard.worker(0, row: row)
            for _ in 0..<3 {
                worker.requestStarted()
                worker.requestFinished(status: 200, latency: .milliseconds(1))
            }
            if turn > 0 {
                supervisor.recordExit(of: .worker(0, row: 1 - row), reason: "exit 0", at: WallTime(milliseconds: 1))
            }
            let total = board.scoreboard.reader.snapshot().totals.requests[.total]
            #expect(total == last + 3)
            last = total
            #expect(board.worker(0)?.process.pid == Int32(100 + turn))
        }
        #expect(board.worker(0)?.traffic.latency.count == 60)
    }

    @Test("There are two rows and no third")
    func bounds() throws {
        let board = try TestBoard(slots: 1)
        for row in [-1, 2] {
            #expect(throws: ScoreboardError.noSuchSlot(0, slots: 1)) { try board.scoreboard.worker(0, row: row) }
            #expect(board.scoreboard.reader.entry(of: .worker(0, row: row)) == nil)
        }
    }

    @Test("How a reload went is read back as it was written, a long reason cut")
    func reload() throws {
        let board = try TestBoard(slots: 1)
        #expect(board.scoreboard.reader.supervisor.reload == nil)
        for outcome in ReloadOutcome.allCases {
            let entry = ReloadEntry(
                outcome: outcome, generation: 7, at: WallTime(milliseconds: 12), message: "a.yaml:1:2: ü\nsecond")
            board.scoreboard.supervisor.update { $0.reload = entry }
            #expect(board.scoreboard.reader.supervisor.reload == entry)
        }
        let long = String(repeating: "x", count: 10_000)
        board.scoreboard.supervisor.update { $0.reload?.message = long }
        #expect(board.scoreboard.reader.supervisor.reload?.message.utf8.count == ScoreboardLimits.reloadBytes)
    }
}
