import Base
import CCurl
import Loop
import Policy
import Processes

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

extension EasyHandle {
    /// The kind of failure that a result is; in TLS 1.3 a server refuses our certificate after the handshake, so that
    /// the first read has its alert.
    func failure(_ code: CURLcode) -> Failure {
        (code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR) && wasCertificateRefused ? .tls : code.failure
    }

    /// Whether the alert is about our certificate (RFC 8446 section 6.2), so that the server has done nothing of what was
    /// sent behind the handshake: a call that failed as `tls` may be made again, whatever its method.
    var wasCertificateRefused: Bool {
        guard wasRefused else { return false }
        let text = errorText
        return ["certificate", "unknown ca", "access denied"].contains { text.contains($0) }
    }

    /// Why TLS failed.
    func fault(_ code: CURLcode) -> TLSFault {
        TLSFault(code, verification: CCurl_get_long(handle, CURLINFO_SSL_VERIFYRESULT), wasRefused: wasRefused)
    }

    /// Whether the server sent an alert, of which only libcurl's words tell (`… alert certificate required`).
    var wasRefused: Bool {
        let text = errorText
        // The second is what it makes of the alert that our certificate is expired, in TLS 1.2.
        return text.contains(" alert ") || text.hasSuffix("certificate verification failed")
    }
}

extension Transfer {
    /// The server and its URL where that has another name than the server's: the one that its certificate is for.
    var namedServer: (server: Server, url: String)? {
        guard let name = endpoint.upstream.settings.tls.serverName, let server = server?.server, server.isSecure else {
            return nil
        }
        return (server, server.url(named: name))
    }

    /// Says why TLS failed with its server: the first time, and then every ten seconds at most.
    func report(_ fault: TLSFault?) {
        guard let fault, let server else { return }
        let now = MonotonicTime.now()
        if let last = server.faultReportedAt, now.since(last) < .seconds(10) { return }
        server.faultReportedAt = now
        endpoint.upstream.report(.tlsFailed(server.server.url, fault))
    }
}
