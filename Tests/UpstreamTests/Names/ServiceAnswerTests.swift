import TestSupport
import Testing

@testable import Upstream

/// DNS messages as name servers write them, read by hand.
@Suite struct ServiceAnswerTests {
    /// `_a._tcp.test` as a question, which begins at byte 12 of a message.
    private static let question: [UInt8] = [2] + Array("_a".utf8) + [4] + Array("_tcp".utf8) + [4] + Array("test".utf8)

    private static func message(answers: UInt8, _ records: [UInt8]) -> [UInt8] {
        [0x12, 0x34, 0x81, 0x80, 0, 1, 0, answers, 0, 0, 0, 0] + question + [0, 0, 33, 0, 1] + records
    }

    /// With `_a._tcp.test` as its owner.
    private static func record(type: UInt8 = 33, seconds: UInt8, _ data: [UInt8]) -> [UInt8] {
        [0xC0, 12, 0, type, 0, 1, 0, 0, 1, seconds, 0, UInt8(data.count)] + data
    }

    private static let plain = record(seconds: 9, [0, 10, 1, 2, 0x1F, 0x90, 1] + Array("h".utf8) + [0])
    /// `bc.test`, by a pointer to the end of the question.
    private static let compressed = record(seconds: 7, [0, 20, 0, 0, 0, 80, 2] + Array("bc".utf8) + [0xC0, 20])

    @Test("records are read with their pointers, beside a CNAME, and hold for the shortest of their times")
    func records() throws {
        let alias = Self.record(type: 5, seconds: 1, [0xC0, 12])
        let answer = try #require(
            ServiceAnswer(message: Self.message(answers: 3, alias + Self.plain + Self.compressed)))
        #expect(
            answer.records == [
                ServiceRecord(priority: 10, weight: 258, port: 8080, target: "h"),
                ServiceRecord(priority: 20, weight: 0, port: 80, target: "bc.test"),
            ])
        #expect(answer.secondsToLive == 263)
    }

    @Test("a message that ends anywhere before its end, or has no record of the kind, is no answer")
    func cutOff() {
        let whole = Self.message(answers: 2, Self.plain + Self.compressed)
        for length in 0..<whole.count { #expect(ServiceAnswer(message: Array(whole.prefix(length))) == nil) }
        #expect(ServiceAnswer(message: whole) != nil)
        #expect(ServiceAnswer(message: Self.message(answers: 0, [])) == nil)
        #expect(
            ServiceAnswer(message: Self.message(answers: 1, Self.record(type: 1, seconds: 1, [1, 2, 3, 4]))) == nil)
    }

    @Test("pointers in a circle, and a target that does not fill its record, are no answer")
    func hostile() {
        // The target points at itself: it is the last two bytes.
        let start = UInt8(Self.message(answers: 1, []).count + 12 + 6)
        let circle = Self.record(seconds: 1, [0, 1, 0, 1, 0, 1, 0xC0, start])
        #expect(ServiceAnswer(message: Self.message(answers: 1, circle)) == nil)
        let short = Self.record(seconds: 1, [0, 1, 0, 1, 0, 1, 0, 7])
        #expect(ServiceAnswer(message: Self.message(answers: 1, short)) == nil)
    }

    @Test("the root as a target says that the service is not there")
    func absent() throws {
        let root = Self.record(seconds: 1, [0, 1, 0, 1, 0, 1, 0])
        let answer = try #require(ServiceAnswer(message: Self.message(answers: 1, root)))
        #expect(answer.records.map(\.target) == [""])
    }

    @Test("no message makes the reader trap, and what it takes has a name for each record")
    func generated() {
        var random = SeededGenerator(seed: 33)
        let whole = Self.message(answers: 2, Self.plain + Self.compressed)
        for _ in 0..<20_000 {
            var message = whole
            random.spoil(&message)
            guard let answer = ServiceAnswer(message: message) else { continue }
            #expect(!answer.records.isEmpty && answer.records.allSatisfy { $0.target.utf8.count <= 1_025 })
        }
        #expect(ServiceAnswer(message: []) == nil)
    }

    @Test("servers come by priority in one order whatever that of the records, each once, and only hosts")
    func servers() {
        func record(_ priority: UInt16, _ weight: UInt16, _ port: UInt16, _ target: String) -> ServiceRecord {
            ServiceRecord(priority: priority, weight: weight, port: port, target: target)
        }
        let records = [
            record(20, 0, 443, "B.test"), record(10, 7, 8443, "c.test"), record(10, 5, 8443, "a.test"),
            record(30, 1, 8443, "a.test"), record(10, 1, 0, "zero.test"), record(10, 1, 80, ""),
            record(10, 1, 80, "10.0.0.1"), record(10, 1, 80, "x/y"), record(10, 1, 80, "user@h"),
        ]
        let service = Service(name: "_a._tcp.test", isSecure: true, base: "/v1")
        let expected = ["https://a.test:8443/v1", "https://c.test:8443/v1", "https://b.test/v1"]
        for order in [records, records.reversed()] {
            let servers = service.servers(order)
            #expect(servers.map(\.url) == expected)
            #expect(servers.map(\.share.weight) == [5, 7, 1])
            #expect(servers.map(\.share.priority) == [10, 10, 20])
            #expect(servers.map(\.authority) == ["a.test:8443", "c.test:8443", "b.test"])
        }
    }
}
