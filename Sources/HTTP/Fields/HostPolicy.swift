/// What an upstream is told as Host (RFC 9110 section 7.2).
package enum HostPolicy: Sendable, Equatable {
    /// The server's own name.
    case upstream
    /// What the client said.
    case preserve
    case name(String)
}
