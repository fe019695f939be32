import Base

/// Which of an upstream's servers the next call goes to (`balance:`).
package enum Balance: String, Sendable, CaseIterable {
    /// In turn, by weight.
    case roundRobin = "round_robin"
    /// The one with the fewest calls in flight for its weight.
    case leastInFlight = "least_in_flight"
    /// The better of two that are drawn (power of two choices; Mitzenmacher, IEEE TPDS 12(10), 2001).
    case p2c
}

/// Chooses servers in one worker; which of them may be chosen is told each time.
package struct Balancer: Sendable {
    private let balance: Balance
    private let weights: [Int]
    /// Of the smooth weighted turn (as nginx's ngx_http_upstream_get_peer): what each has saved up.
    private var credits: [Int]
    private var next = 0
    private let isEven: Bool
    private var random: SplitMix64

    package init(_ balance: Balance, weights: [Int], seed: UInt64) {
        self.balance = balance
        self.weights = weights
        credits = weights.map { _ in 0 }
        isEven = Set(weights).count <= 1
        random = SplitMix64(seed: seed)
    }

    /// A server among those that may be chosen; any of them all where none may.
    ///
    /// - Parameter inFlight: Calls of this worker at a server.
    package mutating func choose(_ mayBeChosen: (Int) -> Bool, inFlight: (Int) -> Int) -> Int {
        if weights.count == 1 { return 0 }
        switch balance {
        case .roundRobin:
            return isEven ? turn(mayBeChosen) : weightedTurn(mayBeChosen)
        case .leastInFlight:
            let first = turn { _ in true }
            // From another start each time, so that equals take turns.
            var best: Int?
            for step in weights.indices {
                let index = (first + step) % weights.count
                if mayBeChosen(index), best.map({ isLess(index, $0, inFlight) }) ?? true { best = index }
            }
            return best ?? first
        case .p2c:
            if isEven {
                let a = Int.random(in: weights.indices, using: &random)
                let b = Int.random(in: weights.indices, using: &random)
                if mayBeChosen(a), mayBeChosen(b) { return isLess(b, a, inFlight) ? b : a }
            }
            let candidates = weights.indices.filter(mayBeChosen)
            let (a, b) = (draw(candidates), draw(candidates))
            return isLess(b, a, inFlight) ? b : a
        }
    }

    private func isLess(_ a: Int, _ b: Int, _ inFlight: (Int) -> Int) -> Bool {
        (inFlight(a) + 1) * weights[b] < (inFlight(b) + 1) * weights[a]
    }

    private mutating func turn(_ mayBeChosen: (Int) -> Bool) -> Int {
        let start = next
        for step in weights.indices {
            let index = start + step < weights.count ? start + step : start + step - weights.count
            guard mayBeChosen(index) else { continue }
            next = index + 1 == weights.count ? 0 : index + 1
            return index
        }
        next = start + 1 == weights.count ? 0 : start + 1
        return start
    }

    private mutating func weightedTurn(_ mayBeChosen: (Int) -> Bool) -> Int {
        var best: Int?
        var total = 0
        for index in weights.indices where mayBeChosen(index) {
            credits[index] += weights[index]
            total += weights[index]
            if best.map({ credits[index] > credits[$0] }) ?? true { best = index }
        }
        guard let best else { return turn { _ in true } }
        credits[best] -= total
        return best
    }

    private mutating func draw(_ candidates: [Int]) -> Int {
        let candidates = candidates.isEmpty ? Array(weights.indices) : candidates
        var place = Int.random(in: 0..<max(1, candidates.reduce(0) { $0 + weights[$1] }), using: &random)
        for index in candidates {
            place -= weights[index]
            if place < 0 { return index }
        }
        return candidates[0]
    }
}
