/// How the https servers of an upstream prove who they are, and how the gateway proves to them who it is.
package struct TLSSettings: Sendable, Hashable {
    /// The absolute path of the PEM file with the authorities to trust in place of the system's; nil: the system's.
    package var authorities: String?
    /// The absolute paths of the PEM files that are shown to a server that asks for a certificate; both or neither.
    package var certificate: String?
    package var key: String?
    /// What the server is asked for and what its certificate has to be for (RFC 6066 section 3); nil: its URL's host.
    package var serverName: String?
    /// `sha256//BASE64`, of which one has to be the digest of the server's public key (RFC 7469 section 2.4).
    package var pins: [String] = []

    package init() {}
}
