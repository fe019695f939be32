/// Why a call failed: a closed set, in the order in which the scoreboard keeps their counters.
///
/// New kinds go at the end, since the raw value is an index into shared memory.
package enum Failure: UInt8, Error, CaseIterable {
    case timeout, connect, dns, tls, reset, `protocol`, status, tooLarge, invalidJSON
    case conflict, dependency, circuitOpen, overloaded, shed, cancelled
    /// A batch's URL, or the address that it leads to, is not one that its route allows; or a name leads to the gateway's
    /// own admin endpoint.
    case forbidden

    /// The word that answers, headers, logs and stats use.
    package var name: String {
        switch self {
        case .timeout: "timeout"
        case .connect: "connect"
        case .dns: "dns"
        case .tls: "tls"
        case .reset: "reset"
        case .protocol: "protocol"
        case .status: "status"
        case .tooLarge: "too_large"
        case .invalidJSON: "invalid_json"
        case .conflict: "conflict"
        case .dependency: "dependency"
        case .circuitOpen: "circuit_open"
        case .overloaded: "overloaded"
        case .shed: "shed"
        case .cancelled: "cancelled"
        case .forbidden: "forbidden"
        }
    }
}
