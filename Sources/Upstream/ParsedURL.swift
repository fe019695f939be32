import CCurl

/// A URL as libcurl takes it apart: what is looked at here is what libcurl will connect to (libcurl-url(3)).
package final class ParsedURL {
    let handle: OpaquePointer
    package let isSecure: Bool
    /// In lower case, version 6 addresses without brackets.
    package let host: String
    package let port: UInt16
    /// The path, percent-encoded as it was given.
    package let path: String

    /// Nil when it is no URL of http or https, or carries user information.
    package init?(_ text: String) {
        guard let handle = curl_url() else { return nil }
        guard curl_url_set(handle, CURLUPART_URL, text, UInt32(CURLU_PATH_AS_IS)) == CURLUE_OK,
            let scheme = Self.part(handle, CURLUPART_SCHEME), scheme == "http" || scheme == "https",
            Self.part(handle, CURLUPART_USER) == nil, Self.part(handle, CURLUPART_PASSWORD) == nil,
            let host = Self.part(handle, CURLUPART_HOST), !host.isEmpty,
            let port = Self.part(handle, CURLUPART_PORT, UInt32(CURLU_DEFAULT_PORT)).flatMap({ UInt16($0) }),
            let path = Self.part(handle, CURLUPART_PATH)
        else {
            curl_url_cleanup(handle)
            return nil
        }
        self.handle = handle
        isSecure = scheme == "https"
        let name = host.lowercased()
        self.host = name.hasPrefix("[") && name.hasSuffix("]") ? String(name.dropFirst().dropLast()) : name
        self.port = port
        self.path = path
    }

    private static func part(_ handle: OpaquePointer, _ part: CURLUPart, _ flags: UInt32 = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }

    deinit {
        curl_url_cleanup(handle)
    }
}
