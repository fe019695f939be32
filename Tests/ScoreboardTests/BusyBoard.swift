import Base
import Policy

@testable import Scoreboard

extension TestBoard {
    /// The snapshot of a daemon that has seen something: worker 0 serves, worker 2 was killed, slot 1 was never used.
    static func busy(_ depth: ScoreboardReader.Depth = .full) throws -> ScoreboardSnapshot {
        let board = try TestBoard(slots: 3)
        let supervisor = board.scoreboard.supervisor
        supervisor.update { entry in
            entry.pid = 1
            entry.version = "1.2.3"
            entry.startedAt = MonotonicTime(nanoseconds: 500_000_000)
            entry.generation = 1
            entry.workersWanted = 2
            entry.configuration = ConfigurationEntry(
                path: "/etc/gatewayd/gatewayd.yaml", sha256: String(repeating: "0", count: 64),
                loadedAt: WallTime(milliseconds: 1_772_323_199_042))
        }
        let users = try supervisor.registerUpstream(named: "users")
        try supervisor.registerUpstream(named: "or\"der\\s\n")
        supervisor.recordStart(of: .admin, pid: 3, generation: 1, at: .seconds(1), isRestart: false)
        supervisor.update(.admin) { $0.state = .ready }
        board.start(0, pid: 10, at: 10)
        supervisor.update(.worker(0)) { $0.state = .ready }
        board.start(2, pid: 12, at: 10)
        let worker = try board.scoreboard.worker(0)
        worker.heartbeat(at: MonotonicTime(nanoseconds: 99_750_000_000))
        worker.loopLag(.microseconds(7))
        worker.requestStarted()
        worker.callStarted(upstream: users)
        worker.callFinished(upstream: users, failure: .tooLarge, latency: .milliseconds(3))
        supervisor.registerRoute("/page/{id}")
        worker.requestFinished(
            status: 200, latency: .microseconds(12_345),
            route: board.scoreboard.reader.routeIndices(ofPaths: ["/page/{id}"]).first)
        try board.scoreboard.worker(2).requestStarted()
        supervisor.recordExit(of: .worker(2), reason: "signal SIGKILL", at: WallTime(milliseconds: 5_000))
        return board.scoreboard.reader.snapshot(depth)
    }

    /// What the one process that lives there uses.
    static func usage(_ pid: Int32) -> ProcessUsage? {
        pid == 10 ? ProcessUsage(residentBytes: 4_096, cpuTime: .milliseconds(1_250)) : nil
    }
}
