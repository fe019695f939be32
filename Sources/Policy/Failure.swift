/// Why a call failed: a closed set, in the order in which the scoreboard keeps their counters.
///
/// A new class is a case at the end, since the raw value is an index into shared memory, and its row in `traits`.
package enum Failure: UInt8, Error, CaseIterable {
    case timeout, connect, dns, tls, reset, `protocol`, status, tooLarge, invalidJSON
    case conflict, dependency, circuitOpen, overloaded, shed, cancelled
    /// A batch's URL, or the address that it leads to, is not one that its route allows; or a name leads to the gateway's
    /// own admin endpoint.
    case forbidden

    /// What all judges of a call ask: nobody compares classes themselves.
    package struct Traits: Sendable {
        /// The word that answers, headers, logs and stats use.
        package let word: String
        package let side: Side
        /// What a proxy route answers; a page is 504 where a proxy is, else 502.
        package var status = 502
        /// Counts against the server: for its ejection and for its upstream's circuit.
        package var blamesServer = false
        /// A kept answer may stand in (RFC 5861 section 4).
        package var mayServeStale = false
        package var repetition = Repetition.never
        /// The request took as long as it did because of load, so the adaptive limit may learn from it.
        package var tellsOfLoad = false
        /// The call was handed to its upstream's engine, and its latency counts.
        package var isMade = true
    }

    /// Who has to change something so that the call succeeds.
    package enum Side: Sendable {
        case client, gateway, upstream
    }

    /// Whether a call may be made again before an answer has begun (`retry.on`), the safest class first.
    package enum Repetition: Int, Sendable {
        /// No connection was made, so nothing was sent: any request may be sent again.
        case unsent
        /// The connection broke: an idempotent request may be sent again.
        case broken
        /// The server has the request: an idempotent one may be sent again, at the cost of more load.
        case unanswered
        case never
    }

    package var traits: Traits {
        switch self {
        case .timeout:
            Traits(
                word: "timeout", side: .upstream, status: 504, blamesServer: true, mayServeStale: true,
                repetition: .unanswered, tellsOfLoad: true)
        case .connect:
            Traits(
                word: "connect", side: .upstream, blamesServer: true, mayServeStale: true, repetition: .unsent)
        case .dns:
            Traits(word: "dns", side: .upstream, blamesServer: true, mayServeStale: true, repetition: .unsent)
        case .tls:
            Traits(word: "tls", side: .upstream, blamesServer: true, mayServeStale: true, repetition: .unsent)
        case .reset:
            Traits(word: "reset", side: .upstream, blamesServer: true, mayServeStale: true, repetition: .broken)
        case .protocol:
            Traits(
                word: "protocol", side: .upstream, blamesServer: true, mayServeStale: true, repetition: .unanswered)
        case .status: Traits(word: "status", side: .upstream)
        case .tooLarge: Traits(word: "too_large", side: .upstream)
        case .invalidJSON: Traits(word: "invalid_json", side: .upstream)
        case .conflict: Traits(word: "conflict", side: .gateway)
        case .dependency: Traits(word: "dependency", side: .gateway, isMade: false)
        case .circuitOpen: Traits(word: "circuit_open", side: .gateway, status: 503, mayServeStale: true)
        case .overloaded: Traits(word: "overloaded", side: .gateway, status: 503, mayServeStale: true)
        case .shed: Traits(word: "shed", side: .gateway, status: 503, mayServeStale: true, isMade: false)
        case .cancelled: Traits(word: "cancelled", side: .client)
        case .forbidden: Traits(word: "forbidden", side: .gateway)
        }
    }

    /// The word that answers, headers, logs and stats use.
    package var name: String { traits.word }

    /// The classes that `retry.on` may name, the safest first.
    package static var repeatable: [Failure] {
        allCases.filter { $0.traits.repetition != .never }
            .sorted { ($0.traits.repetition.rawValue, $0.rawValue) < ($1.traits.repetition.rawValue, $1.rawValue) }
    }
}
