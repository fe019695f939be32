/// How far a fan-out is: which calls are settled, how, and what that decides.
///
/// Parts stay in the order of the configuration, whichever call settles first.
package struct FanOutState: Sendable {
    /// What the settling of a call asks for.
    package enum Action: Sendable, Equatable {
        case wait
        /// All calls are settled: the answer can leave.
        case finish
    }

    /// In the order of the configuration; a call that is still open counts as cancelled.
    package private(set) var outcomes: [Settled]
    private var isSettled: [Bool]
    private var open: Int
    /// The failure that an error answer is about: of the first required call that failed, otherwise the last failure.
    package private(set) var deciding: Failure?
    private var isDecided = false

    package init(calls: Int) {
        outcomes = Array(repeating: Settled(.failure(.cancelled, status: nil), elapsed: .zero), count: calls)
        isSettled = Array(repeating: false, count: calls)
        open = calls
    }

    /// Notes what became of a call.
    ///
    /// A call settles once; what comes later for it is ignored.
    package mutating func settle(_ index: Int, _ settled: Settled, isRequired: Bool) -> Action {
        guard !isSettled[index] else { return .wait }
        isSettled[index] = true
        outcomes[index] = settled
        open -= 1
        if let failure = settled.failure, !isDecided {
            deciding = failure
            isDecided = isRequired
        }
        return open == 0 ? .finish : .wait
    }

    /// Whether a call is not settled yet.
    package func isOpen(_ index: Int) -> Bool { !isSettled[index] }

    /// Bytes of all parts together.
    package var bytes: Int {
        outcomes.reduce(0) { total, settled in
            if case .success(_, let part) = settled.outcome { total + part.json.count } else { total }
        }
    }
}
