import Base
import JSON
import Policy

/// Joins the parts of a fan-out into one body, in the order of the configuration and never in that of arrival.
struct Merge {
    let route: FanOutRoute
    /// As many as the route has calls.
    var outcomes: [Settled]
    let elapsed: Duration

    /// Whether every call succeeded.
    var isComplete: Bool {
        outcomes.allSatisfy { $0.failure == nil }
    }

    /// Fails the calls whose keys an earlier one carries, where the route says that this is an error.
    mutating func resolveConflicts() {
        guard route.merge == .object, route.onConflict == .error else { return }
        var merge = ObjectMerge(rule: .error)
        for index in outcomes.indices {
            guard case .success(let status, let part) = outcomes[index].outcome, let members = part.members else {
                continue
            }
            if merge.conflicts(part.json[...], members) {
                outcomes[index].outcome = .failure(.conflict, status: status)
            } else {
                merge.add(part.json[...], members)
            }
        }
    }

    /// The JSON that a call brings to the answer: its part, or what stands in for it.
    private func json(_ index: Int) -> [UInt8]? {
        switch outcomes[index].outcome {
        case .success(_, let part): part.json
        case .failure: route.calls[index].fallback
        }
    }

    /// How many bytes that is.
    private func size(_ index: Int) -> Int {
        switch outcomes[index].outcome {
        case .success(_, let part): part.json.count
        case .failure: route.calls[index].fallback?.count ?? 0
        }
    }

    /// The merged body.
    ///
    /// - Parameter memory: Empty, what it is written into as far as it has room.
    func body(in memory: consuming [UInt8]) -> [UInt8] {
        var bytes = memory
        bytes.reserveCapacity(outcomes.indices.reduce(64) { $0 + size($1) + 64 })
        switch route.merge {
        // A streamed answer is written part by part elsewhere.
        case .group, .stream: writeGroup(to: &bytes)
        case .array: writeArray(to: &bytes)
        case .object: writeObject(to: &bytes)
        case .envelope: writeEnvelope(to: &bytes)
        }
        return bytes
    }

    /// A failed call without fallback is left out: `null` means an empty answer.
    private func writeGroup(to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        var isFirst = true
        for index in outcomes.indices {
            guard let json = json(index) else { continue }
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            bytes.append(copying: route.calls[index].key)
            bytes.append(copying: json)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    /// A failed call without fallback is `null`, so that each place keeps its meaning.
    private func writeArray(to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "["))
        for index in outcomes.indices {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: json(index) ?? Part.null.json)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// Of all bodies, so at least of the answer.
    private var memberCount: Int {
        var count = 0
        for index in outcomes.indices {
            if case .success(_, let part) = outcomes[index].outcome { count += part.members?.count ?? 0 }
        }
        return count
    }

    private func writeObject(to bytes: inout [UInt8]) {
        var merge = ObjectMerge(rule: route.onConflict, capacity: memberCount)
        for index in outcomes.indices {
            switch outcomes[index].outcome {
            case .success(_, let part):
                if let members = part.members { merge.add(part.json[...], members) }
            case .failure:
                guard let fallback = route.calls[index].fallback,
                    let part = Part(fallback, as: .json, needsObject: true), let members = part.members
                else { continue }
                merge.add(part.json[...], members)
            }
        }
        merge.write(to: &bytes)
    }

    private func writeEnvelope(to bytes: inout [UInt8]) {
        bytes.append(isComplete ? "{\"complete\":true,\"elapsed_ms\":" : "{\"complete\":false,\"elapsed_ms\":")
        JSONText.append(milliseconds: elapsed, to: &bytes)
        bytes.append(",\"results\":{")
        for index in outcomes.indices {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(copying: route.calls[index].key)
            bytes.append(UInt8(ascii: "{"))
            outcomes[index].write(to: &bytes)
            if let json = json(index) {
                bytes.append(",\"body\":")
                bytes.append(copying: json)
            }
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append("}}")
    }
}
