import Base
import Policy
import TestSupport

@testable import Scoreboard

extension TestBoard {
    /// The snapshot of a daemon in which all that can be counted was, by two processes of one slot, of which one has died.
    static func golden() throws -> ScoreboardSnapshot {
        let board = try TestBoard(slots: 1)
        let supervisor = board.scoreboard.supervisor
        supervisor.update { entry in
            entry.pid = 1
            entry.version = "1.2.3"
            entry.startedAt = MonotonicTime(nanoseconds: 500_000_000)
            entry.generation = 3
            entry.workersWanted = 1
            entry.logLinesDropped = 5
            entry.configuration = ConfigurationEntry(
                path: "/etc/gatewayd/gatewayd.yaml", sha256: "0123", loadedAt: WallTime(milliseconds: 1_772_323_199_042)
            )
            entry.reload = ReloadEntry(
                outcome: .failed, generation: 4, at: WallTime(milliseconds: 1_772_323_200_001),
                message: "worker 0: \"exit 1\"")
        }
        supervisor.recordStart(of: .admin, pid: 3, generation: 1, at: .seconds(1), isRestart: true)
        supervisor.update(.admin) { $0.state = .ready }
        let users = try supervisor.registerUpstream(named: "us\"ers")
        supervisor.registerServers([(users, "http://10.0.0.1:80"), (users, "http://10.0.0.2:80")], at: .seconds(1))
        supervisor.registerRoute("/page/{id}")
        var random = SeededGenerator(seed: 18)
        for row in 0..<2 {
            let slot = ProcessSlot.worker(0, row: row)
            supervisor.recordStart(
                of: slot, pid: Int32(10 + row), generation: 1 + row, at: .seconds(10 + UInt64(row)), isRestart: row == 1
            )
            supervisor.update(slot) { $0.state = .ready }
            let worker = try board.scoreboard.worker(0, row: row)
            for _ in 0..<100 { count(worker, users, &random) }
            worker.heartbeat(at: MonotonicTime(nanoseconds: 99_750_000_000))
        }
        supervisor.recordExit(of: .worker(0, row: 0), reason: "signal SIGKILL", at: WallTime(milliseconds: 5_000))
        board.scoreboard.circuit(ofUpstream: users).update(SharedCell.openings) { _ in 3 }
        board.scoreboard.health(ofServer: "http://10.0.0.2:80", upstream: users)?.update(SharedCell.removals) { _ in 2 }
        board.scoreboard.adaptiveLimit.update(0) { _ in 64_000 }
        for json in ["{\"signal\":\"SIGKILL\"}", "{\"cut"] { supervisor.add(CrashEntry(json: json)) }
        return board.scoreboard.reader.snapshot()
    }

    /// One request, its calls, and whatever else can be counted.
    private static func count(_ worker: WorkerCounters, _ users: Int, _ random: inout SeededGenerator) {
        worker.connectionOpened()
        if random.chance(2, of: 3) { worker.connectionClosed() }
        worker.requestStarted()
        for upstream in [users, nil] where random.chance(2, of: 3) {
            worker.callStarted(upstream: upstream)
            let failure = random.chance(2, of: 3) ? random.pick(Failure.allCases) : nil
            let latency = Duration.microseconds(Int64(random.next() >> 40))
            if random.chance(9, of: 10) { worker.callFinished(upstream: upstream, failure: failure, latency: latency) }
        }
        if random.chance(1, of: 2) { worker.count(.rateLimited) }
        if random.chance(1, of: 3) { worker.count(.refused) }
        if random.chance(1, of: 4) { worker.count(.linesDropped, 2) }
        if random.chance(1, of: 5) { worker.count(.exported, 30) }
        if random.chance(1, of: 6) { worker.count(.dropped, 4) }
        if random.chance(1, of: 2) { worker.count(.retries, upstream: users) }
        if random.chance(1, of: 3) { worker.count(.hedges, upstream: users) }
        if random.chance(1, of: 4) { worker.count(.hedgesWon, upstream: users) }
        if random.chance(1, of: 5) { worker.count(.coalesced, upstream: users) }
        if random.chance(1, of: 6) { worker.count(.hits, upstream: users) }
        if random.chance(1, of: 7) { worker.count(.misses, upstream: users) }
        if random.chance(1, of: 8) { worker.count(.stale, upstream: users) }
        worker.cacheKeeps(bytes: Int(random.next() >> 50), upstream: users)
        worker.loopLag(.microseconds(Int64(random.next() >> 50)))
        let status = Int.random(in: 100...599, using: &random)
        let latency = Duration.microseconds(Int64(random.next() >> 42))
        let route = random.chance(1, of: 2) ? 0 : nil
        if random.chance(9, of: 10) { worker.requestFinished(status: status, latency: latency, route: route) }
    }
}
