/// The schemes that calls may use.
package enum URLScheme: String, Sendable, CaseIterable {
    case http, https

    /// The port of a URL that names none (RFC 9110 section 4.2).
    package var defaultPort: UInt16 {
        switch self {
        case .http: 80
        case .https: 443
        }
    }
}
