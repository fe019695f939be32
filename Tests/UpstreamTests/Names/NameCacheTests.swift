import Base
import Testing

@testable import Upstream

@Suite struct NameCacheTests {
    private static let address = [IPAddress.v4(0x0A00_0001)]
    private var cache = NameCache(age: .seconds(10), capacity: 3)

    /// Milliseconds after some start.
    private static func at(_ milliseconds: UInt64) -> MonotonicTime {
        MonotonicTime(nanoseconds: 1_000_000_000_000 + milliseconds * 1_000_000)
    }

    @Test("a name that was never looked up is unknown")
    func unknown() {
        #expect(cache.find("a.test", at: Self.at(0)) == .unknown)
    }

    @Test(
        "a name is known, in the last quarter of its age to be refreshed, and then forgotten",
        arguments: [
            (0, .known(address)), (7_499, .known(address)), (7_500, .aging(address)), (9_999, .aging(address)),
            (10_000, .unknown),
        ] as [(UInt64, NameCache.Found)])
    mutating func age(milliseconds: UInt64, found: NameCache.Found) {
        cache.store("a.test", Self.address, at: Self.at(0))
        #expect(cache.find("a.test", at: Self.at(milliseconds)) == found)
    }

    @Test("a failure is believed for a second")
    mutating func failure() {
        cache.store("a.test", nil, at: Self.at(0))
        #expect(cache.find("a.test", at: Self.at(999)) == .failed)
        #expect(cache.find("a.test", at: Self.at(1_000)) == .unknown)
    }

    @Test("a failure is not believed longer than an address would be")
    mutating func shortAge() {
        cache = NameCache(age: .milliseconds(300), capacity: 3)
        cache.store("a.test", nil, at: Self.at(0))
        #expect(cache.find("a.test", at: Self.at(300)) == .unknown)
    }

    @Test("a refresh that fails leaves the addresses for the rest of their age, and is tried again after a second")
    mutating func failedRefresh() {
        cache.store("a.test", Self.address, at: Self.at(0))
        cache.store("a.test", nil, at: Self.at(8_000))
        #expect(cache.find("a.test", at: Self.at(8_999)) == .known(Self.address))
        #expect(cache.find("a.test", at: Self.at(9_000)) == .aging(Self.address))
        #expect(cache.find("a.test", at: Self.at(10_000)) == .unknown)
    }

    @Test("an answer takes a failure's place, and a newer answer an older one's")
    mutating func replace() {
        cache.store("a.test", nil, at: Self.at(0))
        cache.store("a.test", Self.address, at: Self.at(10))
        #expect(cache.find("a.test", at: Self.at(11)) == .known(Self.address))
        cache.store("a.test", [.v4(2)], at: Self.at(9_000))
        #expect(cache.find("a.test", at: Self.at(12_000)) == .known([.v4(2)]))
    }

    @Test("the name that came first goes when there is no room for another")
    mutating func bound() {
        for (index, name) in ["a", "b", "c", "a", "d", "e"].enumerated() {
            cache.store(name, Self.address, at: Self.at(UInt64(index)))
        }
        let found = ["a", "b", "c", "d", "e"].map { cache.find($0, at: Self.at(10)) }
        #expect(found == [.unknown, .unknown, .known(Self.address), .known(Self.address), .known(Self.address)])
    }
}
