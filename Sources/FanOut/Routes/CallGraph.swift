/// Which calls of a route wait for which: any graph without a cycle.
package struct CallGraph: Sendable, Equatable {
    /// By call: those that it waits for.
    package let inputs: [[Int]]
    /// By call: those that wait for it.
    package let dependants: [[Int]]
    /// Whether no call waits for another.
    package let isFlat: Bool

    package init(_ inputs: [[Int]]) {
        var dependants = inputs.map { _ in [Int]() }
        for (index, inputs) in inputs.enumerated() {
            for input in inputs { dependants[input].append(index) }
        }
        self.inputs = inputs
        self.dependants = dependants
        isFlat = inputs.allSatisfy(\.isEmpty)
    }

    /// Calls that wait for each other in a circle, from one of them back to it; nil when there are none.
    package var cycle: [Int]? {
        var done = Set<Int>()
        for start in inputs.indices where !done.contains(start) {
            var path: [Int] = []
            if let found = Self.walk(start, inputs, &path, &done) { return found }
        }
        return nil
    }

    private static func walk(_ call: Int, _ inputs: [[Int]], _ path: inout [Int], _ done: inout Set<Int>) -> [Int]? {
        if let place = path.firstIndex(of: call) { return Array(path[place...]) + [call] }
        guard !done.contains(call) else { return nil }
        path.append(call)
        for input in inputs[call] {
            if let found = walk(input, inputs, &path, &done) { return found }
        }
        path.removeLast()
        done.insert(call)
        return nil
    }

    /// By call: when it begins and ends at the latest, each taking its timeout, within the time of the whole.
    package func worstCase(timeouts: [Duration?], total: Duration) -> [(start: Duration, end: Duration)] {
        var times: [(start: Duration, end: Duration)?] = inputs.map { _ in nil }
        func time(_ call: Int) -> (start: Duration, end: Duration) {
            if let time = times[call] { return time }
            let start = inputs[call].map { time($0).end }.max() ?? .zero
            let found = (start, min(timeouts[call].map { start + $0 } ?? total, total))
            times[call] = found
            return found
        }
        return inputs.indices.map(time)
    }
}
