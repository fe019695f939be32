import CCurl
import Loop

/// An easy handle of libcurl, with what is the same for all of ours; a shard moves it and says how it ended.
@LoopActor
class EasyHandle {
    let handle: UnsafeMutableRawPointer
    var shard: Shard?
    /// Nil: libcurl's own.
    private var authorities: String?
    /// Itself while libcurl has a pointer to it.
    private var held: EasyHandle?

    init?(_ sockets: SocketTable) {
        guard let handle = curl_easy_init() else { return nil }
        self.handle = handle
        // Signals would cost a sigaction per call and are the supervisor's business (curl#10743).
        CCurl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        // Otherwise the environment names a proxy, for each call anew: slow, and not for others to decide.
        CCurl_set_string(handle, CURLOPT_PROXY, "")
        CCurl_set_string(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        CCurl_set_pointer(handle, CURLOPT_PRIVATE, Unmanaged.passUnretained(self).toOpaque())
        sockets.follow(handle)
    }

    /// Trusts a PEM file's authorities, or for nil those that libcurl was built to trust.
    func setAuthorities(_ file: String?) {
        guard file != authorities else { return }
        authorities = file
        CCurl_set_string(handle, CURLOPT_CAINFO, file ?? CCurl_default_authorities().map { String(cString: $0) })
    }

    /// Keeps it alive while a shard has it.
    func hold() {
        held = self
    }

    /// Lets go, so that it can wait for its next use.
    func release() {
        held = nil
    }

    /// libcurl is done with it; it is still in its shard.
    func done(_ code: CURLcode) {
        preconditionFailure("every kind of handle says what its end means")
    }

    /// Frees what libcurl holds, when the handle is not kept for another use.
    func free() {
        curl_easy_cleanup(handle)
    }
}
