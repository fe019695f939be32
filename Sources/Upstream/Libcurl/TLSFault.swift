import CCurl

/// Why TLS with a server did not come about, in a word for the log: `tls` is all that clients are told.
package enum TLSFault: String, Sendable {
    case expired
    case notYetValid = "not_yet_valid"
    /// Signed by none of the authorities.
    case unknownAuthority = "unknown_authority"
    /// The certificate is for another name.
    case otherName = "other_name"
    /// Of another key than those of `pins`.
    case pin
    /// Ours, or its key, cannot be used.
    case clientCertificate = "client_certificate"
    /// The server broke off: it wants a certificate, or another one.
    case refused
    case handshake

    /// - Parameters:
    ///   - code: libcurl's result.
    ///   - verification: CURLINFO_SSL_VERIFYRESULT: what OpenSSL thinks of the certificate (X509_STORE_CTX_get_error(3)).
    ///   - wasRefused: The server sent an alert.
    init(_ code: CURLcode, verification: Int, wasRefused: Bool) {
        switch code {
        // Some alerts have the code of a certificate that does not please us.
        case _ where wasRefused: self = .refused
        case CURLE_SSL_PINNEDPUBKEYNOTMATCH: self = .pin
        case CURLE_SSL_CERTPROBLEM: self = .clientCertificate
        case CURLE_SSL_CLIENTCERT: self = .refused
        case CURLE_PEER_FAILED_VERIFICATION:
            switch verification {
            // libcurl compares the name before it asks OpenSSL, and has 1 until then.
            case 0, 1, 62, 64: self = .otherName
            case 9: self = .notYetValid
            case 10: self = .expired
            default: self = .unknownAuthority
            }
        default: self = .handshake
        }
    }
}
