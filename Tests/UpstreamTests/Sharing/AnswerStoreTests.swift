import Base
import HTTP
import JSON
import Loop
import Policy
import Testing

@testable import Upstream

@Suite @LoopActor struct AnswerStoreTests {
    private let endpoint = Endpoint(
        UpstreamServers([], UpstreamSettings()), TransferSettings(bodyLimit: 1, userAgent: ""))
    private let now = MonotonicTime(nanoseconds: 1_000_000_000_000)

    private func key(_ number: Int) throws -> CallKey {
        let target = Array("/\(number)".utf8)
        let key = CallKey(CallOrder(endpoint, target: target, timeout: .zero, owner: Shared.Caller()))
        return try #require(key)
    }

    private func answer(_ bytes: Int, seconds: Int = 60) -> KeptAnswer {
        KeptAnswer(
            status: 200, body: Array(repeating: 1, count: bytes), fields: HeaderFields(),
            AnswerLifetime(fresh: .seconds(seconds), refreshable: .zero, fallback: .zero), from: now)
    }

    private func store(_ bytes: Int) -> AnswerStore {
        var settings = CacheSettings()
        settings.maxBytes = bytes
        return AnswerStore(settings)
    }

    @Test("an answer larger than an eighth of all is not kept, nor is the one that it would have taken the place of")
    func large() throws {
        var store = store(16_000)
        store.keep(answer(1_000), to: try key(1))
        #expect(store.count == 1 && store.bytes > 1_256)
        store.keep(answer(2_000), to: try key(1))
        #expect(store.count == 0 && store.bytes == 0)
    }

    @Test("an answer is there until its time is over, and then its memory is free")
    func time() throws {
        var store = store(16_000)
        store.keep(answer(1, seconds: 5), to: try key(1))
        #expect(store.answer(to: try key(1), at: now + .seconds(4)) != nil)
        #expect(store.answer(to: try key(2), at: now) == nil)
        #expect(store.answer(to: try key(1), at: now + .seconds(5)) == nil)
        #expect(store.bytes == 0)
    }

    @Test("whatever comes, what was used last is kept, within the limit, as a model of it says")
    func generated() throws {
        var random = SplitMix64(seed: 32)
        var store = store(40_000)
        // The last used one at the end.
        var model: [(number: Int, size: Int)] = []
        for _ in 0..<20_000 {
            let number = Int.random(in: 0..<60, using: &random)
            let key = try key(number)
            if Bool.random(using: &random) {
                let found = store.answer(to: key, at: now)
                let place = model.firstIndex { $0.number == number }
                #expect(found?.body.count == place.map { model[$0].size })
                if let place { model.append(model.remove(at: place)) }
            } else {
                let size = Int.random(in: 0...5_200, using: &random)
                store.keep(answer(size), to: key)
                model.removeAll { $0.number == number }
                let bytes = { (size: Int, key: CallKey) in size + key.byteCount + 256 }
                guard bytes(size, key) <= 5_000 else { continue }
                model.append((number, size))
                while try model.reduce(0, { $0 + bytes($1.size, try self.key($1.number)) }) > 40_000 {
                    model.removeFirst()
                }
            }
            #expect(store.count == model.count && store.bytes <= 40_000)
        }
        #expect(store.count > 5)
    }
}
