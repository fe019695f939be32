import CCurl
import Loop
import Policy

/// An easy handle of libcurl, with what is the same for all of ours; a shard moves it and says how it ended.
@LoopActor
class EasyHandle {
    let handle: UnsafeMutableRawPointer
    var shard: Shard?
    private var tls = TLSSettings()
    /// Where it connects to in place of its URL's host; empty: to that.
    private var destination = ""
    private var destinations: StringList?
    /// What libcurl says of a failure (CURLOPT_ERRORBUFFER(3)).
    private let errorBuffer = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    /// Itself while libcurl has a pointer to it.
    private var held: EasyHandle?

    init?(_ sockets: SocketTable) {
        guard let handle = curl_easy_init() else { return nil }
        self.handle = handle
        // Signals would cost a sigaction per call and are the supervisor's business (curl#10743).
        CCurl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        // Otherwise the environment names a proxy, for each call anew: slow, and not for others to decide. Without a
        // proxy but with no word on where it is not for, the environment would be asked for that.
        CCurl_set_string(handle, CURLOPT_NOPROXY, "*")
        CCurl_set_string(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        errorBuffer.pointee = 0
        CCurl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorBuffer)
        CCurl_set_pointer(handle, CURLOPT_PRIVATE, Unmanaged.passUnretained(self).toOpaque())
        sockets.follow(handle)
    }

    /// Sets whom it trusts and what it shows; without authorities of its own, those that libcurl was built to trust.
    ///
    /// libcurl reads the files for each connection, and shares none between handles of which these differ.
    func set(_ tls: TLSSettings) {
        guard tls != self.tls else { return }
        self.tls = tls
        CCurl_set_string(
            handle, CURLOPT_CAINFO, tls.authorities ?? CCurl_default_authorities().map { String(cString: $0) })
        CCurl_set_string(handle, CURLOPT_SSLCERT, tls.certificate)
        CCurl_set_string(handle, CURLOPT_SSLKEY, tls.key)
        CCurl_set_string(
            handle, CURLOPT_PINNEDPUBLICKEY, tls.pins.isEmpty ? nil : tls.pins.joined(separator: ";"))
    }

    /// Connects to a server although its URL has the name that the certificate is for (CURLOPT_CONNECT_TO(3)); nil: to
    /// where the URL says.
    ///
    /// The name in the URL is the only one that libcurl asks for, and connections are not mixed up by it: libcurl
    /// compares where they lead.
    func connect(to server: Server?) {
        let text = server.map { "::\($0.host.contains(":") ? "[\($0.host)]" : $0.host):\($0.port)" } ?? ""
        guard text != destination else { return }
        destination = text
        destinations = nil
        if !text.isEmpty {
            let list = StringList()
            list.append(text)
            destinations = list
        }
        CCurl_set_list(handle, CURLOPT_CONNECT_TO, destinations?.list)
    }

    /// What libcurl said of the last failure.
    var errorText: String { String(cString: errorBuffer) }

    /// Forgets what libcurl said.
    func clearErrorText() { errorBuffer.pointee = 0 }

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
        errorBuffer.deallocate()
    }
}
