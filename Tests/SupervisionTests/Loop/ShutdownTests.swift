import Base
import Testing

@testable import Supervision

@Suite struct ShutdownTests {
    private let now = MonotonicTime(nanoseconds: 5_000_000_000)

    @Test("workers drain first and the others follow")
    func workersDrain() {
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

    @Test("a second request kills and exits with one")
    func secondRequest() {
        var shutdown = Shutdown(drain: .seconds(30))
        _ = shutdown.request(at: now)
        #expect(shutdown.request(at: now) == .killAll)
        #expect(shutdown.request(at: now) == .nothing)
        _ = shutdown.advance(workersLeft: 0, othersLeft: 1, at: now)
        #expect(shutdown.phase == .killing)
        _ = shutdown.advance(workersLeft: 0, othersLeft: 0, at: now)
        #expect(shutdown.phase == .finished && shutdown.exitCode == 1)
    }

    @Test("with nothing left the end is at once")
    func withNothing() {
        var shutdown = Shutdown(drain: .seconds(30))
        _ = shutdown.request(at: now)
        _ = shutdown.advance(workersLeft: 0, othersLeft: 0, at: now)
        #expect(shutdown.phase == .finished)
    }
}
