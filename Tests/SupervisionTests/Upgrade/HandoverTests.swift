import Base
import Testing

@testable import Supervision

/// What one program leaves to the next.
@Suite struct HandoverTests {
    private static func example(_ random: inout some RandomNumberGenerator) -> Handover {
        func number() -> Int32 { Int32.random(in: 3...4_096, using: &random) }
        var handover = Handover(
            generation: Int.random(in: 1...1_000, using: &random), workersWanted: 3, workersConfigured: 4,
            open: .init(
                scoreboard: number(), scoreboardReadOnly: number(), admin: number(), control: number(),
                configuration: number(), program: Bool.random(using: &random) ? -1 : number()))
        for address in ["127.0.0.1:0", "[::1]:80", "unix:/run/a path/with blanks.sock", ""] {
            handover.listeners.append(
                .init(descriptor: number(), isPassed: Bool.random(using: &random), address: address))
        }
        for slot in -1..<Int.random(in: 0...4, using: &random) {
            handover.processes.append(
                .init(
                    place: slot < 0 ? nil : .init(slot: slot, row: slot % 2), pid: number(), process: number(),
                    channel: number(), words: Bool.random(using: &random) ? -1 : number(),
                    startedAt: MonotonicTime(nanoseconds: .random(in: 0 ... .max, using: &random)),
                    requestsBefore: .random(in: 0 ... .max, using: &random)))
        }
        return handover
    }

    @Test("it reads back as it was written")
    func roundTrip() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let handover = Self.example(&random)
            #expect(Handover(decoding: handover.encoded) == handover)
        }
    }

    @Test("a line of a later version is passed over, and the text of another one is none")
    func versions() {
        var random = SystemRandomNumberGenerator()
        let handover = Self.example(&random)
        #expect(Handover(decoding: handover.encoded + "mood 1 2 3\nweather\n") == handover)
        #expect(Handover(decoding: handover.encoded.replacing("handover 1", with: "handover 2")) == nil)
        #expect(Handover(decoding: "") == nil)
        #expect(Handover(decoding: "gatewayd-handover 1\n") == nil)
    }

    @Test("a text that was cut or spoiled is read whole, or not at all, and never traps")
    func spoiled() {
        var random = SystemRandomNumberGenerator()
        let text = Self.example(&random).encoded
        for end in text.indices { _ = Handover(decoding: String(text[..<end])) }
        for _ in 0..<2_000 {
            var bytes = Array(text.utf8)
            bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 10...126, using: &random)
            _ = Handover(decoding: String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test("its descriptors are all that it names, and a copy has a copy of each but what only a return needs")
    func descriptors() {
        var random = SystemRandomNumberGenerator()
        let handover = Self.example(&random)
        #expect(
            handover.descriptors.count == (handover.open.program < 0 ? 5 : 6) + 4 + 2 * handover.processes.count
                + handover.processes.count { $0.words >= 0 })
        let copy = handover.mapped { $0 + 10_000 }
        #expect(
            copy.descriptors.count { $0 > 10_000 } == handover.descriptors.count - (handover.open.program < 0 ? 1 : 2))
        #expect(copy.mapped { $0 - 10_000 } == handover)
    }
}
