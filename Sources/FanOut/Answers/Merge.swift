import Policy

/// The settled calls of a fan-out, in the order of the configuration and never in the order of arrival: what each kind of merge
/// writes its body from.
struct Merge {
    let calls: [Call]
    /// As many as there are calls.
    var outcomes: [Settled]
    let rule: ConflictRule
    let elapsed: Duration

    /// Whether every call succeeded.
    var isComplete: Bool {
        outcomes.allSatisfy { $0.failure == nil }
    }

    /// The JSON that a call brings to the answer: its part, or what stands in for it; nil for a failed call without a fallback.
    func json(_ index: Int) -> [UInt8]? {
        switch outcomes[index].outcome {
        case .success(_, let part): part.json
        case .failure: calls[index].fallback
        }
    }

    /// How many bytes that is.
    private func size(_ index: Int) -> Int {
        switch outcomes[index].outcome {
        case .success(_, let part): part.json.count
        case .failure: calls[index].fallback?.count ?? 0
        }
    }

    /// The merged body.
    ///
    /// - Parameters:
    ///   - write: Of the kind of merge.
    ///   - memory: Empty, what the body is written into as far as it has room.
    func body(_ write: (Merge, inout [UInt8]) -> Void, in memory: consuming [UInt8]) -> [UInt8] {
        var bytes = memory
        bytes.reserveCapacity(outcomes.indices.reduce(64) { $0 + size($1) + 64 })
        write(self, &bytes)
        return bytes
    }
}
