import CCurl
package import FanOut
package import Loop

/// How one attempt ended.
package enum TransferResult: Sendable, Equatable {
    /// A whole answer, whatever its status.
    case response(status: Int, body: [UInt8])
    case failure(Failure)
}

/// Who started a transfer and is told how it ended.
@LoopActor
package protocol TransferOwner: AnyObject {
    /// Called once for each transfer that was not cancelled, from the loop and never from inside `start`.
    func settled(_ index: Int, _ result: TransferResult)
}

/// One attempt at a call, with an easy handle that it keeps: made once, with all that never changes, and used again.
@LoopActor
package final class Transfer {
    /// Of the whole body; what is longer fails as `too_large`.
    private let bodyLimit: Int
    let handle: UnsafeMutableRawPointer
    let endpoint: Endpoint
    /// The URL as libcurl takes it apart, which it does anew only when the URL changes: most calls repeat theirs.
    private let parsedURL: OpaquePointer
    private var url: [UInt8] = []

    private(set) var owner: (any TransferOwner)?
    private(set) var index = 0
    private var headers: HeaderList?
    private var body: [UInt8] = []
    private var isTooLarge = false
    private var timeout: UInt64 = 0
    private var bufferSize = 0
    private var started = MonotonicTime(nanoseconds: 0)
    var shard: Shard?
    /// Itself while libcurl has a pointer to it.
    private var held: Transfer?

    init?(_ endpoint: Endpoint, closing: SocketTable) {
        guard let handle = curl_easy_init() else { return nil }
        guard let parsedURL = curl_url() else {
            curl_easy_cleanup(handle)
            return nil
        }
        self.handle = handle
        self.parsedURL = parsedURL
        self.endpoint = endpoint
        bodyLimit = endpoint.settings.bodyLimit
        configure(closing)
    }

    /// Sets what is the same for every use of the handle (curl_easy_setopt(3)).
    private func configure(_ sockets: SocketTable) {
        let me = Unmanaged.passUnretained(self).toOpaque()
        let settings = endpoint.settings
        // Signals would cost a sigaction per call and are the supervisor's business (curl#10743).
        CCurl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        // Otherwise the environment names a proxy, for each call anew: slow, and not for others to decide.
        CCurl_set_string(handle, CURLOPT_PROXY, "")
        CCurl_set_string(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        CCurl_set_string(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        CCurl_set_long(handle, CURLOPT_FOLLOWLOCATION, settings.followsRedirects ? 1 : 0)
        CCurl_set_long(handle, CURLOPT_MAXREDIRS, 5)
        CCurl_set_long(handle, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        CCurl_set_pointer(handle, CURLOPT_CURLU, UnsafeMutableRawPointer(parsedURL))
        CCurl_set_offset(handle, CURLOPT_MAXFILESIZE_LARGE, curl_off_t(bodyLimit))
        CCurl_set_string(handle, CURLOPT_USERAGENT, settings.userAgent)
        if let connectTimeout = settings.connectTimeout {
            CCurl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, Int(clamping: connectTimeout.wholeMilliseconds))
        }
        CCurl_set_pointer(handle, CURLOPT_PRIVATE, me)
        CCurl_set_pointer(handle, CURLOPT_WRITEDATA, me)
        CCurl_set_write(handle, received)
        sockets.follow(handle)
    }

    /// Sets what this use is about; false when the URL is none.
    func prepare(url: [UInt8], headers: HeaderList?, timeout: Duration, at now: MonotonicTime) -> Bool {
        if url != self.url {
            guard parse(url) else { return false }
            self.url = url
        }
        CCurl_set_list(handle, CURLOPT_HTTPHEADER, headers?.list)
        let milliseconds = max(1, timeout.wholeMilliseconds)
        if milliseconds != self.timeout {
            CCurl_set_long(handle, CURLOPT_TIMEOUT_MS, Int(clamping: milliseconds))
            self.timeout = milliseconds
        }
        if endpoint.bufferSize != bufferSize {
            bufferSize = endpoint.bufferSize
            CCurl_set_long(handle, CURLOPT_BUFFERSIZE, bufferSize)
        }
        self.headers = headers
        started = now
        isTooLarge = false
        return true
    }

    /// Takes the URL apart, whose last byte is a NUL.
    ///
    /// Dot-segments stay as they are (CURLU_PATH_AS_IS).
    private func parse(_ url: [UInt8]) -> Bool {
        self.url = []
        return url.withUnsafeBytes { bytes in
            let text = bytes.assumingMemoryBound(to: CChar.self).baseAddress
            return curl_url_set(parsedURL, CURLUPART_URL, text, UInt32(CURLU_PATH_AS_IS)) == CURLUE_OK
        }
    }

    func own(_ owner: any TransferOwner, index: Int) {
        self.owner = owner
        self.index = index
        held = self
    }

    fileprivate func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count <= bodyLimit else {
            isTooLarge = true
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }

    /// What the attempt came to, by libcurl's result.
    func result(_ code: CURLcode, at now: MonotonicTime) -> TransferResult {
        if code == CURLE_OK {
            endpoint.learn(bodyBytes: body.count)
            return .response(status: CCurl_get_long(handle, CURLINFO_RESPONSE_CODE), body: body)
        }
        if isTooLarge { return .failure(.tooLarge) }
        // libcurl has one code for both: with time left on the call, it was the connecting that took too long.
        if code == CURLE_OPERATION_TIMEDOUT, now.since(started).wholeMilliseconds + 1 < timeout {
            return .failure(.connect)
        }
        return .failure(code.failure)
    }

    /// Frees what libcurl holds, when the handle is not kept for another use.
    func free() {
        curl_easy_cleanup(handle)
        curl_url_cleanup(parsedURL)
    }

    /// Lets go of what this use held, so that the handle can wait for the next.
    func release() {
        owner = nil
        headers = nil
        body = []
        shard = nil
        held = nil
    }
}

private typealias Receive = (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int

/// CURLOPT_WRITEFUNCTION; SocketTable says why the cast holds.
private func received(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    unsafeBitCast(
        receivedOnLoop as @LoopActor (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int,
        to: Receive.self)(bytes, size, count, context)
}

/// Takes the bytes, or stops the transfer by taking fewer.
@LoopActor
private func receivedOnLoop(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes, let context else { return 0 }
    let chunk = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().receive(chunk) ? chunk.count : 0
}
