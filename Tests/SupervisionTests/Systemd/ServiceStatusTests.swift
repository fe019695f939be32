import Base
import Processes
import Scoreboard
import Testing

@testable import Supervision

@Suite struct ServiceStatusTests {
    private let now = MonotonicTime(nanoseconds: 5_000_000_000)

    private func picture(
        _ state: DaemonState = .running, ready: Int, held: Int = 0, running: Int = 4
    ) -> ServiceStatus.Picture {
        ServiceStatus.Picture(
            state: state, workers: .init(ready: ready, wanted: 4, running: running), held: held)
    }

    @Test("each thing is told once")
    func eachThing() {
        var status = ServiceStatus(watchdogInterval: nil, at: now)
        #expect(status.deadline == nil)
        #expect(
            status.messages(picture(ready: 3), areAllReady: false, at: now) == [.status("3/4 workers ready")])
        #expect(
            status.messages(picture(ready: 4), areAllReady: true, at: now) == [.ready, .status("4/4 workers ready")])
        #expect(status.messages(picture(ready: 4), areAllReady: true, at: now) == [])
        #expect(
            status.messages(picture(.degraded, ready: 3, held: 1), areAllReady: false, at: now) == [
                .status("degraded, 3/4 workers ready, 1 held")
            ])
        #expect(
            status.messages(picture(.draining, ready: 0, running: 1), areAllReady: false, at: now) == [
                .stopping, .status("draining, 1 worker left"),
            ])
    }

    @Test("a reload is told with its time and ends with ready")
    func reloadTold() {
        var status = ServiceStatus(watchdogInterval: nil, at: now)
        let rolling = picture(.reloading, ready: 4)
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

    @Test("the status says how many requests there were in a second once that is known")
    func statusSays() {
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

    @Test("the watchdog is told in its interval")
    func watchdogTold() {
        var status = ServiceStatus(watchdogInterval: .seconds(2), at: now)
        _ = status.messages(picture(ready: 0), areAllReady: false, at: now)
        #expect(status.deadline == now + .seconds(2))
        #expect(status.messages(picture(ready: 0), areAllReady: false, at: now + .milliseconds(1_999)) == [])
        #expect(status.messages(picture(ready: 0), areAllReady: false, at: now + .seconds(2)) == [.watchdog])
        #expect(status.deadline == now + .seconds(4))
    }
}
