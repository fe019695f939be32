import Base
import HTTP
import Loop
import Policy
import Processes
import Testing

@testable import Upstream

@Suite(.timeLimit(.minutes(5))) @LoopActor struct CachingTests {
    private typealias Caller = Shared.Caller

    private static func settings(staleWhileRevalidate: Int = 0, staleIfError: Int = 0) -> CacheSettings {
        var settings = CacheSettings()
        settings.staleWhileRevalidate = .seconds(staleWhileRevalidate)
        settings.staleIfError = .seconds(staleIfError)
        return settings
    }

    private static let start = MonotonicTime(nanoseconds: MonotonicTime.now().nanoseconds)

    /// Has one answer kept that is fresh for a minute from `start` on.
    private func keeping(
        _ settings: CacheSettings, coalesces: Bool = false, _ result: TransferResult? = nil
    ) throws -> Shared {
        let shared = try Shared(coalesces: coalesces, cache: settings)
        _ = try shared.call("first", Caller(), at: Self.start)
        shared.end(0, result ?? Shared.answer(200, "1", ("Cache-Control", "max-age=60")))
        return shared
    }

    @Test("a call is answered from what is kept as long as that is fresh, and never from inside of its start")
    func fresh() async throws {
        let shared = try keeping(Self.settings())
        let caller = Caller()
        let call = try shared.call("second", caller, at: Self.start + .seconds(59))
        let gone = Caller()
        try shared.call("gone", gone, at: Self.start).cancel()
        #expect(caller.results.isEmpty && shared.fetches.count == 1)
        await until { !caller.results.isEmpty }
        let aged = Shared.answer(200, "1", ("Cache-Control", "max-age=60"), ("Age", "59"))
        #expect(caller.results == [aged] && gone.results.isEmpty)
        call.cancel()
        _ = try shared.call("late", Caller(), at: Self.start + .seconds(60))
        #expect(shared.fetches.map(\.caller) == ["first", "late"])
        #expect(shared.count(.missed) == 2 && shared.count(.hit) == 2)
        #expect(shared.events.contains { if case .keeps(let bytes) = $0 { bytes > 256 } else { false } })
    }

    @Test("what is not to be kept is fetched each time, as what asks past caches is")
    func notKept() throws {
        for result in [
            Shared.answer(200, "1", ("Cache-Control", "no-store")), Shared.answer(), .failure(.reset),
            .response(status: 200, body: [], fields: nil),
        ] {
            let shared = try keeping(Self.settings(), result)
            _ = try shared.call("second", Caller(), at: Self.start)
            #expect(shared.fetches.count == 2, "\(result)")
        }
        let shared = try keeping(Self.settings())
        for fields in ["Cache-Control: no-cache\r\n", "Pragma: no-cache\r\n"] {
            for _ in 0..<2 { _ = try shared.call("past", Caller(), fields: fields, at: Self.start) }
            shared.end(shared.fetches.count - 2, Shared.answer(200, "1", ("Cache-Control", "max-age=60")))
            _ = try shared.call("past", Caller(), fields: fields, at: Self.start)
        }
        #expect(shared.fetches.count == 7)
    }

    @Test("callers with different Authorization never share what is kept")
    func authorized() async throws {
        let shared = try Shared(coalesces: true, cache: Self.settings())
        for name in ["a", "b"] {
            let fields = "Authorization: \(name)\r\n"
            _ = try shared.call(name, Caller(), fields: fields, at: Self.start)
        }
        #expect(shared.fetches.map(\.caller) == ["a", "b"])
        shared.end(0, Shared.answer(200, "a", ("Cache-Control", "max-age=60, public")))
        shared.end(1, Shared.answer(200, "b", ("Cache-Control", "max-age=60")))
        let (a, b) = (Caller(), Caller())
        _ = try shared.call("a", a, fields: "Authorization: a\r\n", at: Self.start)
        _ = try shared.call("b", b, fields: "Authorization: b\r\n", at: Self.start)
        // Nothing says that b's may be kept.
        #expect(shared.fetches.map(\.caller) == ["a", "b", "b"])
        await until { !a.results.isEmpty }
        #expect(a.results == [Shared.answer(200, "a", ("Cache-Control", "max-age=60, public"), ("Age", "0"))])
    }

    @Test("what is stale is used at once while one call fetches it anew")
    func refresh() async throws {
        let shared = try keeping(Self.settings(staleWhileRevalidate: 10))
        let callers = (0..<3).map { _ in Caller() }
        for caller in callers { try _ = shared.call("refresh", caller, at: Self.start + .seconds(61)) }
        #expect(shared.fetches.map(\.caller) == ["first", "refresh"] && shared.count(.stale) == 3)
        await until { callers.allSatisfy { !$0.results.isEmpty } }
        #expect(callers.allSatisfy { $0.bodies == ["1"] })
        // Nobody waits for it, and still it goes on.
        #expect(shared.cancelled.isEmpty)
        shared.end(1, Shared.answer(200, "2", ("Cache-Control", "max-age=60")))
        let next = Caller()
        _ = try shared.call("next", next, at: Self.start + .seconds(1))
        await until { !next.results.isEmpty }
        #expect(next.bodies == ["2"])
        #expect(shared.fetches.count == 2)
    }

    @Test(
        "what is stale stands in for a failure",
        arguments: [.failure(.connect), .failure(.timeout), .failure(.circuitOpen), Shared.answer(503)]
            as [TransferResult])
    func fallback(result: TransferResult) throws {
        let kept = Shared.answer(200, "1", ("Cache-Control", "max-age=0, stale-if-error=60"))
        let shared = try keeping(Self.settings(), kept)
        let caller = Caller()
        _ = try shared.call("second", caller)
        #expect(shared.fetches.count == 2)
        shared.end(1, result)
        #expect(caller.bodies == ["1"] && shared.count(.stale) == 1 && shared.count(.missed) == 2)
    }

    @Test(
        "what is stale does not stand in for what is no failure of the upstream",
        arguments: [.failure(.tooLarge), Shared.answer(404), Shared.answer(501)] as [TransferResult])
    func noFallback(result: TransferResult) throws {
        let shared = try keeping(
            Self.settings(), Shared.answer(200, "1", ("Cache-Control", "max-age=0, stale-if-error=60")))
        let caller = Caller()
        _ = try shared.call("second", caller)
        shared.end(1, result)
        #expect(caller.results == [result])
    }

    @Test("what is stale stands in for the timeout of one that waits with others")
    func fallbackForFollower() async throws {
        let kept = Shared.answer(200, "1", ("Cache-Control", "max-age=0, stale-if-error=60"))
        let shared = try keeping(Self.settings(), coalesces: true, kept)
        let (patient, hasty) = (Caller(), Caller())
        _ = try shared.call("second", patient)
        _ = try shared.call("second", hasty, timeout: .milliseconds(5))
        await until { !hasty.results.isEmpty }
        #expect(hasty.bodies == ["1"] && patient.results.isEmpty)
    }

    @Test("the age of what is kept is what it came with and the time since its call began")
    func age() async throws {
        let shared = try keeping(
            Self.settings(), Shared.answer(200, "1", ("age", "7"), ("Cache-Control", "max-age=60")))
        let caller = Caller()
        _ = try shared.call("second", caller, at: Self.start + .milliseconds(3_900))
        await until { !caller.results.isEmpty }
        #expect(caller.results == [Shared.answer(200, "1", ("Cache-Control", "max-age=60"), ("Age", "10"))])
        _ = try shared.call("late", Caller(), at: Self.start + .seconds(53))
        #expect(shared.fetches.count == 2)
    }
}
