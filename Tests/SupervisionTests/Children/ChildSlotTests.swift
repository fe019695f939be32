import Base
import Configuration
import Processes
import Testing

@testable import Supervision

/// A slot with a clock of its own.
private struct Bench {
    var slot = ChildSlot(restart: RestartSettings())
    var now = MonotonicTime(nanoseconds: 1_000_000_000_000)

    mutating func send(_ event: ChildSlot.Event, after wait: Duration = .zero) -> [ChildSlot.Action] {
        now = now + wait
        return slot.handle(event, at: now, jitter: 0)
    }

    /// Started and ready.
    static func ready() -> Bench {
        var bench = Bench()
        _ = bench.send(.start)
        _ = bench.send(.spawned)
        _ = bench.send(.ready)
        return bench
    }
}

@Suite struct ChildSlotTests {
    @Test("a first start spawns and ready is announced once")
    func firstStart() {
        var bench = Bench()
        #expect(bench.send(.start) == [.spawn(isRestart: false)])
        #expect(bench.send(.spawned) == [])
        #expect(bench.slot.state == .starting(until: bench.now + .seconds(10)))
        #expect(bench.send(.ready) == [.announceReady])
        #expect(bench.send(.ready) == [])
        #expect(bench.slot.isRunning && bench.slot.deadline == nil)
    }

    @Test("a killed worker is restarted after the back-off")
    func killedWorker() {
        var bench = Bench.ready()
        let actions = bench.send(.exited(.signaled(9)), after: .seconds(5))
        #expect(
            actions == [
                .recordEnd(
                    ChildEnd(
                        reason: "signal SIGKILL", beforeReady: false, next: .restart(after: .milliseconds(50))))
            ])
        #expect(!bench.slot.isRunning)
        #expect(bench.send(.tick, after: .milliseconds(49)) == [])
        #expect(bench.send(.tick, after: .milliseconds(1)) == [.spawn(isRestart: true)])
    }

    @Test("who was ready for long is restarted at once")
    func readyFor() {
        var bench = Bench.ready()
        #expect(
            bench.send(.exited(.exited(0)), after: .seconds(30)) == [
                .recordEnd(ChildEnd(reason: "exit 0", beforeReady: false, next: .restart(after: .zero)))
            ])
        #expect(bench.send(.tick) == [.spawn(isRestart: true)])
    }

    @Test("a child that cannot start is told apart")
    func childCannot() {
        var bench = Bench()
        _ = bench.send(.start)
        _ = bench.send(.spawned)
        #expect(
            bench.send(.exited(.exited(78))) == [
                .recordEnd(ChildEnd(reason: "exit 78", beforeReady: true, next: .restart(after: .milliseconds(50))))
            ])
    }

    @Test("a long start is no uptime")
    func longStart() {
        var bench = Bench()
        _ = bench.send(.start)
        _ = bench.send(.spawned)
        let actions = bench.send(.exited(.exited(1)), after: .seconds(40))
        #expect(
            actions == [
                .recordEnd(ChildEnd(reason: "exit 1", beforeReady: true, next: .restart(after: .milliseconds(50))))
            ])
    }

    @Test("who is not ready in ten seconds is killed")
    func notReady() {
        var bench = Bench()
        _ = bench.send(.start)
        _ = bench.send(.spawned)
        #expect(bench.send(.tick, after: .milliseconds(9_999)) == [])
        #expect(bench.send(.tick, after: .milliseconds(1)) == [.announceStartTimeout, .signal(9)])
        // Too late: it is being killed.
        #expect(bench.send(.ready) == [])
        #expect(bench.send(.tick, after: .seconds(100)) == [])
        #expect(bench.slot.deadline == nil && bench.slot.isRunning)
    }

    @Test("a stale heartbeat aborts, then kills, then restarts")
    func staleHeartbeat() {
        var bench = Bench.ready()
        #expect(bench.send(.heartbeatStale, after: .seconds(11)) == [.announceUnresponsive, .signal(6)])
        #expect(bench.send(.heartbeatStale) == [])
        #expect(bench.send(.tick, after: .milliseconds(1_999)) == [])
        #expect(bench.send(.tick, after: .milliseconds(1)) == [.signal(9)])
        #expect(
            bench.send(.exited(.signaled(9))) == [
                .recordEnd(
                    ChildEnd(reason: "unresponsive", beforeReady: false, next: .restart(after: .milliseconds(50))))
            ])
    }

    @Test("a draining worker is not restarted")
    func drainingWorker() {
        var bench = Bench.ready()
        #expect(bench.send(.drain(until: bench.now + .seconds(30))) == [.requestDrain])
        #expect(bench.send(.heartbeatStale) == [])
        #expect(
            bench.send(.exited(.exited(0))) == [
                .recordEnd(ChildEnd(reason: "exit 0", beforeReady: false, next: .nothing))
            ])
        #expect(bench.slot.state == .stopped)
        #expect(bench.send(.tick, after: .seconds(100)) == [])
    }

    @Test("a drain that takes too long ends in a kill")
    func drainTakes() {
        var bench = Bench.ready()
        _ = bench.send(.drain(until: bench.now + .seconds(30)))
        #expect(bench.send(.tick, after: .seconds(30)) == [.announceDrainTimeout, .signal(9)])
        #expect(bench.send(.tick, after: .seconds(30)) == [])
        #expect(bench.send(.drain(until: bench.now + .seconds(30))) == [])
    }

    @Test("a starting child that is drained gets no longer than its start")
    func startingChild() {
        var bench = Bench()
        _ = bench.send(.start)
        _ = bench.send(.spawned)
        #expect(bench.send(.drain(until: bench.now + .seconds(30))) == [.requestDrain])
        #expect(bench.slot.deadline == bench.now + .seconds(10))
    }

    @Test("what does not run stops at once when drained or killed")
    func doesNot() {
        for event in [ChildSlot.Event.drain(until: MonotonicTime(nanoseconds: .max)), .kill] {
            var bench = Bench.ready()
            _ = bench.send(.exited(.signaled(11)))
            #expect(bench.send(event) == [])
            #expect(bench.slot.state == .stopped)
            #expect(bench.send(.tick, after: .seconds(100)) == [])
        }
    }

    @Test("an unresponsive worker that is drained stays gone")
    func unresponsiveWorker() {
        var bench = Bench.ready()
        _ = bench.send(.heartbeatStale)
        #expect(bench.send(.drain(until: bench.now + .seconds(30))) == [])
        #expect(
            bench.send(.exited(.signaled(6))) == [
                .recordEnd(ChildEnd(reason: "unresponsive", beforeReady: false, next: .nothing))
            ])
    }

    @Test("a failed spawn is a death without a reason")
    func failedSpawn() {
        var bench = Bench()
        _ = bench.send(.start)
        #expect(
            bench.send(.spawnFailed) == [
                .recordEnd(ChildEnd(reason: nil, beforeReady: true, next: .restart(after: .milliseconds(50))))
            ])
        // Nothing ever ran here, so that what comes next is no restart.
        #expect(bench.send(.tick, after: .milliseconds(50)) == [.spawn(isRestart: false)])
    }

    @Test("ten deaths hold the slot for a minute and then it is tried again")
    func tenDeaths() {
        var bench = Bench.ready()
        for death in 1...10 {
            let actions = bench.send(.exited(.exited(1)))
            guard death < 10 else {
                #expect(
                    actions == [
                        .recordEnd(ChildEnd(reason: "exit 1", beforeReady: false, next: .hold(for: .seconds(60))))
                    ])
                break
            }
            bench.now = max(bench.now, bench.slot.deadline ?? bench.now)
            _ = bench.send(.tick)
            _ = bench.send(.spawned)
            _ = bench.send(.ready)
        }
        #expect(bench.slot.state == .held(until: bench.now + .seconds(60)))
        #expect(bench.send(.tick, after: .seconds(60)) == [.spawn(isRestart: true)])
    }

    @Test("killing a running child sends one signal")
    func killingRunning() {
        var bench = Bench.ready()
        #expect(bench.send(.kill) == [.signal(9)])
        #expect(bench.slot.deadline == nil)
        #expect(
            bench.send(.exited(.signaled(9))) == [
                .recordEnd(ChildEnd(reason: "signal SIGKILL", beforeReady: false, next: .nothing))
            ])
    }

    @Test("who is on trial is not started again")
    func onTrial() {
        var bench = Bench()
        #expect(bench.send(.startOnTrial) == [.spawn(isRestart: false)])
        _ = bench.send(.spawned)
        _ = bench.send(.ready)
        #expect(
            bench.send(.exited(.exited(1))) == [
                .recordEnd(ChildEnd(reason: "exit 1", beforeReady: false, next: .nothing))
            ])
        #expect(bench.slot.state == .stopped && !bench.slot.isWanted)
    }

    @Test("who was kept is started again also when it ended just before")
    func keptStarted() {
        var bench = Bench()
        _ = bench.send(.startOnTrial)
        _ = bench.send(.spawned)
        _ = bench.send(.ready)
        var late = bench
        #expect(bench.send(.keep) == [])
        #expect(
            bench.send(.exited(.signaled(11))) == [
                .recordEnd(
                    ChildEnd(reason: "signal SIGSEGV", beforeReady: false, next: .restart(after: .milliseconds(50))))
            ])
        _ = late.send(.exited(.exited(1)))
        #expect(late.send(.keep) == [.spawn(isRestart: true)])
    }

    @Test("a reason stands for a clean end only")
    func reasonStands() {
        var bench = Bench.ready()
        _ = bench.send(.drain(until: bench.now + .seconds(30), reason: "recycled"))
        var killed = bench
        #expect(
            bench.send(.exited(.exited(0))) == [
                .recordEnd(ChildEnd(reason: "recycled", beforeReady: false, next: .nothing))
            ])
        _ = killed.send(.tick, after: .seconds(30))
        #expect(
            killed.send(.exited(.signaled(9))) == [
                .recordEnd(ChildEnd(reason: "signal SIGKILL", beforeReady: false, next: .nothing))
            ])
    }

    @Test("who is released starts at once with a clean record")
    func releasedStarts() {
        var bench = Bench.ready()
        _ = bench.send(.exited(.exited(1)))
        #expect(bench.send(.release) == [.spawn(isRestart: true)])
        _ = bench.send(.spawned)
        #expect(bench.send(.release) == [], "it runs")
        #expect(
            bench.send(.exited(.exited(1))) == [
                .recordEnd(ChildEnd(reason: "exit 1", beforeReady: true, next: .restart(after: .milliseconds(50))))
            ], "the first pause again")
    }

    @Test("a slot that was out of use starts anew and that is no restart")
    func slotOut() {
        var bench = Bench.ready()
        _ = bench.send(.drain(until: bench.now + .seconds(30)))
        #expect(bench.send(.start) == [], "it drains still")
        _ = bench.send(.exited(.exited(0)))
        #expect(bench.send(.start) == [.spawn(isRestart: false)])
    }
}
