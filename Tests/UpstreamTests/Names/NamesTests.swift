import Base
import Loop
import Policy
import Testing

@testable import Upstream

/// Names with a resolver and a clock of the test's own, and what those who asked were told.
@LoopActor
private final class Asked {
    let lookups = HeldLookups()
    private(set) var answers: [String: [Result<[IPAddress], Failure>]] = [:]
    private var time = MonotonicTime(nanoseconds: 1_000_000_000_000)
    private var made: Names?

    var names: Names {
        get throws { try #require(made) }
    }

    init(timeout: Duration = .seconds(60)) {
        made = Names(
            age: .seconds(10), timeout: timeout, lookup: { [lookups] in lookups.lookUp($0) }, now: { self.time })
    }

    func pass(_ duration: Duration) { time = time + duration }

    func ask(_ host: String) throws {
        try names.addresses(of: host) { self.answers[host, default: []].append($0) }
    }

    /// Looks, once the lookup of a name has begun so often, until it has: the suite's time limit is the bound.
    func begun(_ host: String, _ count: Int = 1) async {
        while lookups.count(host) < count { await Task.yield() }
    }

    /// The answers for a name, once there are so many.
    func answered(_ host: String, _ count: Int = 1) async -> [Result<[IPAddress], Failure>] {
        while answers[host]?.count ?? 0 < count { await Task.yield() }
        return answers[host] ?? []
    }

    /// Asks for a name, answers its lookup, and returns when the answer was taken.
    func learn(_ host: String, _ addresses: [IPAddress]?) async throws {
        let (begun, answered) = (lookups.count(host), answers[host]?.count ?? 0)
        try ask(host)
        await self.begun(host, begun + 1)
        lookups.answer(host, addresses)
        _ = await self.answered(host, answered + 1)
    }
}

@Suite(.timeLimit(.minutes(5))) @LoopActor struct NamesTests {
    private let first: [IPAddress] = [.v6(0, 1), .v4(0x7F00_0001), .v4(3)]
    private let second: [IPAddress] = [.v4(9)]

    @Test("all who ask for a name at once wait for one lookup, and get its addresses in their order")
    func singleFlight() async throws {
        let asked = Asked()
        for _ in 0..<3 { try asked.ask("a.test") }
        await asked.begun("a.test")
        #expect(asked.answers.isEmpty)
        asked.lookups.answer("a.test", first)
        #expect(await asked.answered("a.test", 3) == [.success(first), .success(first), .success(first)])
        #expect(asked.lookups.started == ["a.test"])
    }

    @Test("a name that is known is answered at once, and one that grew too old is looked up again")
    func age() async throws {
        let asked = Asked()
        #expect(try asked.names.known("a.test") == nil)
        try await asked.learn("a.test", first)
        #expect(try asked.names.known("a.test") == first)
        try asked.ask("a.test")
        #expect(asked.answers["a.test"]?.count == 2)
        #expect(asked.lookups.count("a.test") == 1)
        asked.pass(.seconds(10))
        #expect(try asked.names.known("a.test") == nil)
        try await asked.learn("a.test", second)
        #expect(try asked.names.known("a.test") == second)
    }

    @Test("a name in use is looked up again in the last quarter of its age, while all go on with what is known")
    func refresh() async throws {
        let asked = Asked()
        try await asked.learn("a.test", first)
        asked.pass(.seconds(7))
        #expect(try asked.names.known("a.test") == first)
        asked.pass(.seconds(1))
        for _ in 0..<3 { #expect(try asked.names.known("a.test") == first) }
        await asked.begun("a.test", 2)
        try asked.ask("a.test")
        #expect(asked.answers["a.test"]?.last == .success(first))
        asked.lookups.answer("a.test", second)
        while try asked.names.known("a.test") != second { await Task.yield() }
        #expect(asked.lookups.count("a.test") == 2)
        // The new age began with the new answer.
        asked.pass(.seconds(7))
        #expect(try asked.names.known("a.test") == second)
    }

    @Test("who asks when a refresh has outlived the old answer waits for the refresh")
    func lateRefresh() async throws {
        let asked = Asked()
        try await asked.learn("a.test", first)
        asked.pass(.seconds(9))
        _ = try asked.names.known("a.test")
        await asked.begun("a.test", 2)
        asked.pass(.seconds(1))
        try asked.ask("a.test")
        #expect(asked.answers["a.test"]?.count == 1)
        asked.lookups.answer("a.test", second)
        #expect(await asked.answered("a.test", 2).last == .success(second))
        #expect(asked.lookups.count("a.test") == 2)
    }

    @Test("a name that is not found fails as dns, at once for a second, and is then looked up again")
    func failure() async throws {
        let asked = Asked()
        try await asked.learn("a.test", nil)
        try asked.ask("a.test")
        #expect(asked.answers["a.test"] == [.failure(.dns), .failure(.dns)])
        #expect(try asked.names.known("a.test") == nil)
        #expect(asked.lookups.count("a.test") == 1)
        asked.pass(.seconds(1))
        try await asked.learn("a.test", first)
        #expect(asked.answers["a.test"]?.last == .success(first))
    }

    @Test("a lookup that takes too long fails for all who wait, and its late answer is still good")
    func timeout() async throws {
        let asked = Asked(timeout: .milliseconds(20))
        try asked.ask("a.test")
        try asked.ask("a.test")
        #expect(await asked.answered("a.test", 2) == [.failure(.dns), .failure(.dns)])
        // The lookup still hangs: who asks later waits for the same one.
        asked.pass(.seconds(1))
        try asked.ask("a.test")
        #expect(await asked.answered("a.test", 3).last == .failure(.dns))
        await asked.begun("a.test")
        asked.lookups.answer("a.test", first)
        while try asked.names.known("a.test") == nil { await Task.yield() }
        #expect(asked.lookups.count("a.test") == 1)
    }

    @Test("a name that hangs delays no other")
    func hang() async throws {
        let asked = Asked()
        try asked.ask("hang.test")
        await asked.begun("hang.test")
        for host in ["a.test", "b.test", "c.test"] { try await asked.learn(host, second) }
        #expect(asked.answers["hang.test"] == nil)
        asked.lookups.answer("hang.test", nil)
        _ = await asked.answered("hang.test")
    }

    @Test("no more lookups run than may; the others begin in the order in which they were asked for")
    func concurrency() async throws {
        let asked = Asked()
        let running = (0..<Names.concurrency).map { "\($0).test" }
        for host in running + ["next.test", "last.test"] { try asked.ask(host) }
        for host in running { await asked.begun(host) }
        #expect(asked.lookups.started.count == Names.concurrency)
        asked.lookups.answer("7.test", second)
        await asked.begun("next.test")
        #expect(asked.lookups.count("last.test") == 0)
        asked.lookups.answer("next.test", second)
        await asked.begun("last.test")
        for host in running + ["last.test"] { asked.lookups.answer(host, nil) }
        for host in running + ["last.test"] { _ = await asked.answered(host) }
    }

    @Test("a name that waited for a thread until its time was up is not looked up any more")
    func timeoutInQueue() async throws {
        let asked = Asked(timeout: .milliseconds(200))
        let running = (0..<Names.concurrency).map { "\($0).test" }
        for host in running + ["late.test"] { try asked.ask(host) }
        for host in running { await asked.begun(host) }
        #expect(await asked.answered("late.test") == [.failure(.dns)])
        for host in running { asked.lookups.answer(host, second) }
        for host in running { while try asked.names.known(host) == nil { await Task.yield() } }
        #expect(asked.lookups.count("late.test") == 0)
    }

    @Test("an address needs no lookup", arguments: ["127.0.0.1", "::1"])
    func literal(text: String) throws {
        let asked = Asked()
        let address = try #require(IPAddress(text))
        #expect(try asked.names.known(text) == [address])
        try asked.ask(text)
        #expect(asked.answers[text] == [.success([address])])
        #expect(asked.lookups.started.isEmpty)
    }
}

@Suite struct NameLookupTests {
    @Test("the system's resolver finds the loopback address")
    func localhost() throws {
        let addresses = try #require(NameLookup.addresses(of: "localhost"))
        #expect(addresses.allSatisfy { [.v4(0x7F00_0001), .v6(0, 1)].contains($0) })
    }

    @Test(
        "the system's resolver gives an address as it is, in the right order of bytes", arguments: ["1.2.3.4", "1::2"])
    func literal(text: String) throws {
        #expect(NameLookup.addresses(of: text) == [try #require(IPAddress(text))])
    }

    @Test("what cannot be a name has no addresses")
    func none() {
        #expect(NameLookup.addresses(of: "a b..") == nil)
    }
}
