import CCurl

/// A URL as libcurl takes it apart, which it does anew only when the URL changes: most calls repeat theirs.
struct CurlURL {
    let parsed: OpaquePointer
    /// What it was put together from.
    private var origin = ""
    private var target: [UInt8] = []

    /// Nil when libcurl is out of memory.
    init?() {
        guard let parsed = curl_url() else { return nil }
        self.parsed = parsed
    }

    func has(_ origin: String, _ target: [UInt8]) -> Bool { origin == self.origin && target == self.target }

    /// Takes a URL apart, of which the target is the rest behind the origin; false when it is none.
    ///
    /// Dot-segments stay as they are (CURLU_PATH_AS_IS).
    mutating func set(_ origin: String, _ target: [UInt8]) -> Bool {
        let url = Array(origin.utf8) + target + [0]
        let isURL = url.withUnsafeBytes { bytes in
            let text = bytes.assumingMemoryBound(to: CChar.self).baseAddress
            return curl_url_set(parsed, CURLUPART_URL, text, UInt32(CURLU_PATH_AS_IS)) == CURLUE_OK
        }
        self.origin = isURL ? origin : ""
        self.target = isURL ? target : []
        return isURL
    }

    func free() { curl_url_cleanup(parsed) }
}
