import HTTPEdge
import Testing

/// Who may take the next connection.
@Suite struct AcceptShareTests {
    @Test("a worker alone takes all")
    func alone() {
        for held in [0, 1, 10_000] {
            #expect(AcceptShare(workers: 1, connections: held).admits(held))
            #expect(AcceptShare(workers: 0, connections: 0).admits(held))
        }
    }

    @Test("somebody may always take the next one: whoever holds the fewest")
    func somebody() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let held = (0..<Int.random(in: 2...64, using: &random)).map { _ in Int.random(in: 0...500, using: &random) }
            let share = AcceptShare(workers: held.count, connections: held.reduce(0, +))
            #expect(share.admits(held.min() ?? 0), "\(held)")
        }
    }

    @Test("whoever takes one only when admitted never holds more than a tenth and two above the mean")
    func bound() {
        var random = SystemRandomNumberGenerator()
        var held = [Int](repeating: 0, count: 8)
        for total in 0..<4_000 {
            let share = AcceptShare(workers: held.count, connections: total)
            let open = held.indices.filter { share.admits(held[$0]) }
            // The worst that can come: always the fullest that may.
            let taker =
                Bool.random(using: &random) ? open.max { held[$0] < held[$1] } : open.randomElement(using: &random)
            guard let taker else {
                Issue.record("nobody may")
                return
            }
            held[taker] += 1
            let mean = Double(total + 1) / Double(held.count)
            #expect(Double(held.max() ?? 0) <= 1.1 * mean + 2)
        }
    }
}
