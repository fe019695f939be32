import Base
import Processes
import Telemetry
import Testing

@testable import Supervision

@Suite struct ShutdownTests {
    private let now = MonotonicTime(nanoseconds: 5_000_000_000)

    @Test func workersDrainFirstAndTheOthersFollow() {
        var shutdown = Shutdown(drain: .seconds(30))
        #expect(shutdown.advance(workersLeft: 2, othersLeft: 1, at: now) == .nothing)
        #expect(shutdown.request(at: now) == .drainWorkers(until: now + .seconds(30)))
        #expect(shutdown.advance(workersLeft: 1, othersLeft: 1, at: now) == .nothing)
        #expect(shutdown.advance(workersLeft: 0, othersLeft: 1, at: now) == .drainOthers(until: now + .seconds(2)))
        #expect(shutdown.advance(workersLeft: 0, othersLeft: 1, at: now) == .nothing)
        #expect(shutdown.phase == .drainingOthers)
        #expect(shutdown.advance(workersLeft: 0, othersLeft: 0, at: now) == .nothing)
        #expect(shutdown.phase == .finished && shutdown.exitCode == 0)
    }

    @Test func aSecondRequestKillsAndExitsWithOne() {
        var shutdown = Shutdown(drain: .seconds(30))
        _ = shutdown.request(at: now)
        #expect(shutdown.request(at: now) == .killAll)
        #expect(shutdown.request(at: now) == .nothing)
        _ = shutdown.advance(workersLeft: 0, othersLeft: 1, at: now)
        #expect(shutdown.phase == .killing)
        _ = shutdown.advance(workersLeft: 0, othersLeft: 0, at: now)
        #expect(shutdown.phase == .finished && shutdown.exitCode == 1)
    }

    @Test func withNothingLeftTheEndIsAtOnce() {
        var shutdown = Shutdown(drain: .seconds(30))
        _ = shutdown.request(at: now)
        _ = shutdown.advance(workersLeft: 0, othersLeft: 0, at: now)
        #expect(shutdown.phase == .finished)
    }
}

@Suite struct ServiceStatusTests {
    private let now = MonotonicTime(nanoseconds: 5_000_000_000)

    private func picture(ready: Int, held: Int = 0, running: Int = 4, draining: Bool = false) -> ServiceStatus.Picture {
        ServiceStatus.Picture(
            workersReady: ready, workersWanted: 4, workersRunning: running, held: held, isDraining: draining)
    }

    @Test func eachThingIsToldOnce() {
        var status = ServiceStatus(watchdogInterval: nil, at: now)
        #expect(status.deadline == nil)
        #expect(
            status.messages(picture(ready: 3), areAllReady: false, at: now) == [.status("3/4 workers ready")])
        #expect(
            status.messages(picture(ready: 4), areAllReady: true, at: now) == [.ready, .status("4/4 workers ready")])
        #expect(status.messages(picture(ready: 4), areAllReady: true, at: now) == [])
        #expect(
            status.messages(picture(ready: 3, held: 1), areAllReady: false, at: now) == [
                .status("degraded, 3/4 workers ready, 1 held")
            ])
        #expect(
            status.messages(picture(ready: 0, running: 1, draining: true), areAllReady: false, at: now) == [
                .stopping, .status("draining, 1 worker left"),
            ])
    }

    @Test func aReloadIsToldWithItsTimeAndEndsWithReady() {
        var status = ServiceStatus(watchdogInterval: nil, at: now)
        var rolling = picture(ready: 4)
        rolling.isReloading = true
        #expect(
            status.messages(rolling, areAllReady: false, at: now) == [.status("reloading, 4/4 workers ready")],
            "nothing is reloaded for systemd before it is ready")
        #expect(
            status.messages(rolling, areAllReady: true, at: now) == [.ready, .reloading(at: now)])
        #expect(SystemdNotify.Message.reloading(at: now).assignment == "RELOADING=1\nMONOTONIC_USEC=5000000")
        #expect(
            status.messages(picture(ready: 4), areAllReady: true, at: now) == [.ready, .status("4/4 workers ready")])
        #expect(status.messages(picture(ready: 4), areAllReady: true, at: now) == [])
    }

    @Test func theStatusSaysHowManyRequestsThereWereInASecondOnceThatIsKnown() {
        var status = ServiceStatus(watchdogInterval: nil, at: now)
        func lines(_ total: UInt64, after seconds: Double) -> [String] {
            var busy = picture(ready: 4)
            busy.requestsTotal = total
            return status.messages(busy, areAllReady: false, at: now + .seconds(seconds)).map(\.assignment)
        }
        #expect(lines(1_000, after: 0) == ["STATUS=4/4 workers ready"])
        #expect(lines(2_000, after: 4.9) == [])
        #expect(lines(2_000, after: 5) == ["STATUS=4/4 workers ready, 200 requests/s"])
        #expect(lines(9_000, after: 9.9) == [], "it is told every five seconds at most")
        #expect(lines(12_000, after: 15) == ["STATUS=4/4 workers ready, 1000 requests/s"])
        #expect(lines(12_000, after: 20) == ["STATUS=4/4 workers ready, 0 requests/s"])
        #expect(lines(3, after: 25) == [], "a total that went back counts as none")
    }

    @Test func theWatchdogIsToldInItsInterval() {
        var status = ServiceStatus(watchdogInterval: .seconds(2), at: now)
        _ = status.messages(picture(ready: 0), areAllReady: false, at: now)
        #expect(status.deadline == now + .seconds(2))
        #expect(status.messages(picture(ready: 0), areAllReady: false, at: now + .milliseconds(1_999)) == [])
        #expect(status.messages(picture(ready: 0), areAllReady: false, at: now + .seconds(2)) == [.watchdog])
        #expect(status.deadline == now + .seconds(4))
    }
}

@Suite struct ControlCommandTests {
    @Test(arguments: ["status", " stats ", "stop\r", "drain\t", "reload", "restart", "restart 3", "scale\t4 "])
    func aKnownWordIsACommand(text: String) {
        #expect(ControlCommand(line: Array(text.utf8)) != nil)
    }

    @Test(arguments: ["", "Status", "status now", "status\0", "scale", "scale x", "scale 1 2", "restart all"])
    func anyOtherLineIsNone(text: String) {
        #expect(ControlCommand(line: Array(text.utf8)) == nil)
    }

    @Test func anUnknownCommandIsAnsweredWithTheKnownOnes() {
        #expect(
            ControlCommand.unknownAnswer(to: Array("re\"load".utf8))
                == #"{"error":"unknown command 're\"load'; known are status, stats, why ID, stop, drain, reload, scale N, restart [ID], upgrade, log-level [LEVEL]"}"#
        )
    }
}

@Suite struct ChildCommandTests {
    private let shared = ChildCommand.Shared(
        scoreboard: 10, scoreboardReadOnly: 11, configuration: 12, listeners: [13, 14], admin: 15)

    @Test func aWorkerIsToldItsSlotAndItsDescriptors() {
        let command = ChildCommand.worker(
            slot: 3, row: 1, generation: 1, isOnTrial: false, channel: 20, shared: shared)
        #expect(
            command.arguments.joined(separator: " ")
                == "gatewayd worker --slot 3 --row 1 --generation 1 --channel 20 --scoreboard 10 --configuration 12 "
                + "--listener 13 --listener 14")
        let trial = ChildCommand.worker(
            slot: 3, row: 0, generation: 2, isOnTrial: true, channel: 20, shared: shared)
        #expect(trial.arguments.prefix(9).joined(separator: " ").hasSuffix("--row 0 --generation 2 --probe"))
        #expect(command.descriptors == [20, 10, 12, 13, 14])
    }

    @Test func theAdminProcessGetsTheScoreboardThatItCannotWrite() {
        let command = ChildCommand.admin(channel: 20, shared: shared)
        #expect(
            command.arguments.joined(separator: " ")
                == "gatewayd admin --channel 20 --scoreboard 11 --configuration 12 --listener 15")
        #expect(command.descriptors == [20, 11, 12, 15])
    }

    @Test func aCompanionKeepsItsOwnArguments() {
        let companion = SupervisorOptions.Companion(
            name: "upstreams", arguments: ["upstreams", "--port", "9"], descriptors: [30])
        let command = ChildCommand.companion(companion, channel: 20)
        #expect(command.arguments == ["gatewayd", "upstreams", "--port", "9", "--channel", "20"])
        #expect(command.descriptors == [20, 30])
    }
}

@Suite struct LogLineTests {
    @Test func aLineIsOneJSONObjectWithEverythingEscaped() {
        var line = LogLine(time: "2026-01-01T00:00:00.000Z", level: .warning, event: "worker_exited")
        line.add("slot", 3)
        line.add("text", "a\"b\\c\n\u{1}ü")
        #expect(
            line.json == #"{"time":"2026-01-01T00:00:00.000Z","level":"warning","event":"worker_exited","slot":3,"#
                + #""text":"a\"b\\c\n\u0001ü"}"# + "\n")
    }
}

@Suite struct ListenersTests {
    @Test func systemdsWildcardSocketServesIPv4Too() throws {
        let wildcard = try SocketAddress(host: "::", port: 80)
        #expect(Listeners.serves(wildcard, try SocketAddress(host: "0.0.0.0", port: 80)))
        #expect(Listeners.serves(wildcard, wildcard))
        #expect(!Listeners.serves(wildcard, try SocketAddress(host: "127.0.0.1", port: 80)))
        #expect(!Listeners.serves(wildcard, try SocketAddress(host: "0.0.0.0", port: 81)))
        #expect(!Listeners.serves(try SocketAddress(unixPath: "/x"), try SocketAddress(unixPath: "/y")))
    }
}
