import Testing

@testable import Supervision

@Suite struct SocketStoreTests {
    @Test func whatIsOpenedIsStoredOnceAndWhatIsClosedIsForgotten() {
        var store = SocketStore()
        #expect(store.change(to: ["a", "b"]) == .init(forget: [], store: ["a", "b"]))
        #expect(store.change(to: ["a", "b"]) == .init())
        #expect(store.change(to: ["b", "c"]) == .init(forget: ["a"], store: ["c"]))
        #expect(store.change(to: []) == .init(forget: ["b", "c"], store: []))
    }

    @Test func whatWasKeptFromBeforeIsNotStoredAgainButForgottenWhenItHasNoUse() {
        var store = SocketStore(held: ["a", "old"])
        #expect(store.change(to: ["a", "b"]) == .init(forget: ["old"], store: ["b"]))
    }

    @Test func whatCannotBeUsedIsForgottenBeforeAnotherTakesItsName() {
        var store = SocketStore(held: ["a"], lost: ["b"])
        #expect(store.change(to: ["a", "b"]) == .init(forget: ["b"], store: ["b"]))
        #expect(store.change(to: ["a", "b"]) == .init())
    }
}
