/// How many workers run.
package enum WorkerCount: Sendable, Hashable, CustomStringConvertible {
    /// As many as the CPUs that this process may use.
    case auto
    /// From 1 to `Bounds.workers`.
    case fixed(Int)

    /// As a configuration writes it.
    package var description: String {
        switch self {
        case .auto: "auto"
        case .fixed(let count): "\(count)"
        }
    }
}
