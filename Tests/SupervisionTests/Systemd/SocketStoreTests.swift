import Testing

@testable import Supervision

@Suite struct SocketStoreTests {
    @Test("what is opened is stored once and what is closed is forgotten")
    func openedStored() {
        var store = SocketStore()
        #expect(store.change(to: ["a", "b"]) == .init(forget: [], store: ["a", "b"]))
        #expect(store.change(to: ["a", "b"]) == .init())
        #expect(store.change(to: ["b", "c"]) == .init(forget: ["a"], store: ["c"]))
        #expect(store.change(to: []) == .init(forget: ["b", "c"], store: []))
    }

    @Test("what was kept from before is not stored again but forgotten when it has no use")
    func keptFrom() {
        var store = SocketStore(held: ["a", "old"])
        #expect(store.change(to: ["a", "b"]) == .init(forget: ["old"], store: ["b"]))
    }

    @Test("what cannot be used is forgotten before another takes its name")
    func cannotBe() {
        var store = SocketStore(held: ["a"], lost: ["b"])
        #expect(store.change(to: ["a", "b"]) == .init(forget: ["b"], store: ["b"]))
        #expect(store.change(to: ["a", "b"]) == .init())
    }
}
