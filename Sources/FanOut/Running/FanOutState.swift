package import Policy

/// How far a fan-out is: which calls are settled, how, and what that decides.
///
/// Parts stay in the order of the configuration, whichever call settles first.
package struct FanOutState: Sendable {
    /// Calls that a fan-out has at most: each has a bit of a word.
    package static let mostCalls = 64

    /// What the settling of a call asks for.
    package enum Action: Sendable, Equatable {
        case wait
        /// All calls are settled, or enough of them: the answer can leave.
        case finish
    }

    /// In the order of the configuration; a call that is still open counts as cancelled.
    package private(set) var outcomes: [Settled]
    /// A bit for each call that is not settled.
    package private(set) var openCalls: UInt64
    /// Calls that the answer cannot do without and that are not settled.
    private var openRequired: Int
    private var succeeded = 0
    /// Successes that are enough; 0 waits for all.
    private let quorum: Int
    /// By call: inputs that are not there yet; empty where no call waits for another.
    private var missingInputs: [Int]
    /// The failure that an error answer is about: of the first required call that failed, otherwise the last failure.
    package private(set) var deciding: Failure?
    private var isDecided = false
    /// Whether a call that settled failed.
    package private(set) var hasFailures = false
    /// Whether all failures, if any, tell of load.
    package private(set) var tellsOfLoad = true

    /// - Parameters:
    ///   - required: How many calls the answer cannot do without.
    ///   - quorum: How many successes are enough, with those; 0 for all.
    package init(calls: Int, required: Int = 0, quorum: Int = 0, graph: CallGraph? = nil) {
        outcomes = Array(repeating: Settled(.failure(.cancelled, status: nil), elapsed: .zero), count: calls)
        openCalls = calls < Self.mostCalls ? (1 << UInt64(calls)) - 1 : .max
        openRequired = required
        self.quorum = quorum
        missingInputs = graph.map { $0.isFlat ? [] : $0.inputs.map(\.count) } ?? []
    }

    /// Notes what became of a call.
    ///
    /// A call settles once; what comes later for it is ignored.
    package mutating func settle(_ index: Int, _ settled: consuming Settled, isRequired: Bool) -> Action {
        guard isOpen(index) else { return .wait }
        let failure = settled.failure
        outcomes[index] = settled
        return decide(index, failure, isRequired: isRequired)
    }

    /// What a call's end decides.
    private mutating func decide(_ index: Int, _ failure: Failure?, isRequired: Bool) -> Action {
        openCalls &= ~(1 << UInt64(index))
        if isRequired { openRequired -= 1 }
        if let failure {
            hasFailures = true
            if !failure.traits.tellsOfLoad { tellsOfLoad = false }
            if !isDecided {
                deciding = failure
                isDecided = isRequired
            }
        } else {
            succeeded += 1
        }
        let isEnough = quorum > 0 && succeeded >= quorum && openRequired == 0 && !isDecided
        return openCalls == 0 || isEnough ? .finish : .wait
    }

    /// A call has an answer: the calls that waited for it alone, which can begin.
    package mutating func released(by index: Int, in graph: CallGraph) -> [Int] {
        var ready: [Int] = []
        for dependant in graph.dependants[index] where isOpen(dependant) {
            missingInputs[dependant] -= 1
            if missingInputs[dependant] == 0 { ready.append(dependant) }
        }
        return ready
    }

    private func isOpen(_ index: Int) -> Bool { openCalls & (1 << UInt64(index)) != 0 }

    /// Bytes of all parts together.
    package var bytes: Int {
        outcomes.reduce(0) { total, settled in
            if case .success(_, let part) = settled.outcome { total + part.json.count } else { total }
        }
    }
}
