/// The statuses of an upstream's answer that count as success: 2xx unless a call says otherwise.
package struct StatusSet: Sendable, Hashable {
    /// What a final answer's status can be (RFC 9110 section 15).
    package static let valid = 200...599
    /// 2xx.
    package static let successful = StatusSet()

    /// Nil is 2xx: most calls have that, and a comparison of two numbers is all it costs.
    @usableFromInline var ranges: [ClosedRange<Int>]?

    private init() {}

    /// The statuses of all ranges together; 2xx alone is the same value as `successful`.
    package init(_ ranges: [ClosedRange<Int>]) {
        self.ranges = ranges == [200...299] ? nil : ranges
    }

    @inlinable
    package func contains(_ status: Int) -> Bool {
        guard let ranges else { return status >= 200 && status <= 299 }
        return ranges.contains { $0.contains(status) }
    }
}

extension StatusSet: CustomStringConvertible {
    /// As a configuration writes it: `200-299`, `200, 404`.
    package var description: String {
        (ranges ?? [200...299]).map {
            $0.lowerBound == $0.upperBound ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
        }.joined(separator: ", ")
    }
}
