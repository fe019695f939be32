import CCurl
import Policy

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
