/// Asks for /stats all the time, and notes where a counter of the totals went back.
final class TotalsSampler {
    private struct Sample {
        var requests = 0
        var calls = 0
        var accepted = 0
    }

    private let task: Task<(samples: Int, steps: [String]), Never>

    /// Samples until `stop`; a question that is not answered (the admin process may be dead) is asked again.
    init(_ gateway: Gateway) {
        task = Task {
            var last = Sample()
            var samples = 0
            var steps: [String] = []
            while !Task.isCancelled {
                // A pause between questions, so that asking does not become the load.
                try? await Task.sleep(for: .milliseconds(20))
                guard let totals = try? await gateway.stats().totals else { continue }
                let next = Sample(
                    requests: totals.requests.total, calls: totals.calls.total,
                    accepted: totals.connections.accepted_total)
                if next.requests < last.requests || next.calls < last.calls || next.accepted < last.accepted {
                    steps.append("from \(last) to \(next)")
                }
                last = next
                samples += 1
            }
            return (samples, steps)
        }
    }

    /// How often it was answered, and each step back that it saw.
    func stop() async -> (samples: Int, steps: [String]) {
        task.cancel()
        return await task.value
    }
}
