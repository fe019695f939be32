import Dispatch
import FanOut
import Loop
import Policy
import Processes
import Testing

@testable import Upstream

/// Lookups of a service that take until the test answers them, one after the other.
private final class HeldServices: Sendable {
    private let answers = Locked<[ServiceAnswer?]>([])
    private let begun = Locked(0)
    // Safe to share: a semaphore is made for it.
    private let gate = DispatchSemaphore(value: 0)

    func lookUp(_ name: String) -> ServiceAnswer? {
        begun.withLock { $0 += 1 }
        gate.wait()
        return answers.withLock { $0.removeFirst() }
    }

    func answer(_ answer: ServiceAnswer?) {
        answers.withLock { $0.append(answer) }
        gate.signal()
    }

    /// Looks until so many lookups have begun: the suite's time limit is the bound.
    func begun(_ count: Int) async {
        while begun.withLock({ $0 }) < count { await Task.yield() }
    }
}

@Suite(.timeLimit(.minutes(5))) @LoopActor struct ServiceDiscoveryTests {
    private let lookups = HeldServices()
    private let upstream = UpstreamServers([], UpstreamSettings())

    private func discover(timeout: Duration) -> ServiceDiscovery {
        let service = Service(name: "_a._tcp.test", isSecure: false, base: "")
        return ServiceDiscovery(
            service, for: upstream, age: .milliseconds(1), timeout: timeout,
            lookup: { [lookups] in lookups.lookUp($0) })
    }

    private func answer(_ targets: String...) -> ServiceAnswer {
        ServiceAnswer(
            records: targets.map { ServiceRecord(priority: 1, weight: 1, port: 80, target: $0) }, secondsToLive: 60)
    }

    private func urls() -> [String] { upstream.servers.map(\.server.url) }

    /// Whether servers are known, once that is told.
    private func isKnown(_ discovery: ServiceDiscovery) async -> Bool {
        await withCheckedContinuation { waiter in discovery.whenKnown { waiter.resume(returning: $0) } }
    }

    @Test("calls wait for the first lookup, later ones change the servers, and one that fails changes nothing")
    func follows() async {
        var events: [UpstreamEvent] = []
        upstream.report = { events.append($0) }
        let discovery = discover(timeout: .seconds(60))
        async let first = isKnown(discovery)
        await lookups.begun(1)
        lookups.answer(answer("a.test", "b.test"))
        #expect(await first)
        #expect(urls() == ["http://a.test", "http://b.test"])
        let kept = upstream.servers.last
        for (count, next) in [answer("c.test", "b.test"), nil, nil].enumerated() {
            await lookups.begun(count + 2)
            lookups.answer(next)
        }
        await lookups.begun(5)
        #expect(urls() == ["http://b.test", "http://c.test"])
        #expect(upstream.servers.first === kept)
        lookups.answer(answer("c.test", "b.test"))
        await lookups.begun(6)
        #expect(
            events == [
                .serversChanged(["http://a.test", "http://b.test"]),
                .serversChanged(["http://b.test", "http://c.test"]), .lookupFailed,
            ])
        lookups.answer(nil)
        withExtendedLifetime(discovery) {}
    }

    @Test("calls fail when the first lookup does, or takes too long, and the next ones at once meanwhile")
    func fails() async {
        let discovery = discover(timeout: .milliseconds(1))
        await lookups.begun(1)
        #expect(await !isKnown(discovery))
        #expect(await !isKnown(discovery))
        lookups.answer(nil)
        await lookups.begun(2)
        // It names nothing that can be used.
        lookups.answer(answer(""))
        await lookups.begun(3)
        #expect(upstream.servers.isEmpty)
        lookups.answer(answer("a.test"))
        await lookups.begun(4)
        #expect(urls() == ["http://a.test"])
        lookups.answer(nil)
        withExtendedLifetime(discovery) {}
    }

    @Test("a call without any server that is known fails as dns")
    func dns() async {
        let engine = TransferEngine(Names(age: .seconds(1), timeout: .seconds(1)), limit: 10)
        let endpoint = Endpoint(upstream, TransferSettings(bodyLimit: 10, userAgent: ""))
        let discovery = discover(timeout: .seconds(60))
        async let verdict = Call().result(of: "/", endpoint, engine, .seconds(60))
        await lookups.begun(1)
        lookups.answer(nil)
        #expect(await verdict == .failure(.dns))
        await lookups.begun(2)
        lookups.answer(nil)
        withExtendedLifetime(discovery) {}
    }

    @Test("only servers of the lowest priority that has one up are chosen, by their weights")
    func priorities() throws {
        func server(_ name: String, _ priority: Int, _ weight: Int) -> Server {
            Server(
                isSecure: false, host: name, port: 80, authority: name, base: "",
                share: Server.Share(weight: weight, priority: priority))
        }
        upstream.replace(by: [server("a", 10, 3), server("b", 10, 1), server("c", 20, 1)])
        func taken(_ count: Int, avoiding avoided: ServerState? = nil) -> [String: Int] {
            var taken: [String: Int] = [:]
            for _ in 0..<count { taken[upstream.take(avoiding: avoided)?.server.host ?? "none", default: 0] += 1 }
            return taken
        }
        let states = upstream.servers
        let forever = OutlierSettings()
        #expect(taken(40) == ["a": 30, "b": 10])
        #expect(taken(4, avoiding: states[0]) == ["b": 4])
        #expect(states[0].health.eject(forever, at: .now()))
        #expect(taken(4) == ["b": 4])
        #expect(taken(4, avoiding: states[1]) == ["c": 4])
        #expect(states[1].health.eject(forever, at: .now()))
        #expect(taken(4) == ["c": 4])
        // None is up: those of the lowest number, as nginx does.
        #expect(states[2].health.eject(forever, at: .now()))
        #expect(taken(8)["c"] == nil)
        #expect(states.map(\.inFlight).reduce(0, +) == 64)
    }
}
