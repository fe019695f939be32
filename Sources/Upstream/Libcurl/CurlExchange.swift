import Base
import CCurl
import HTTP
import Loop
import Policy
import Processes

/// What a handle is set to, so that only what differs is set again.
private struct HandleOptions {
    var bufferSize = 0
    /// Takes no kept connection.
    var isFresh = false
    var isDecoding = false
    /// A GET without a body.
    var isPlainGet = true
}

/// A transfer through libcurl, with an easy handle that is prepared once for a configured call and used again.
@LoopActor
final class CurlExchange: EasyHandle, TransferHolder {
    let endpoint: Endpoint
    let exchanges: CurlExchanges
    private var url: CurlURL
    /// Lines that go before the others.
    private var host: StringList?

    private(set) var transfer: Transfer?
    private var headers: StringList?
    /// The addresses of the host, when that is a name.
    private var addresses: StringList?
    private var answer = CurlAnswer(collectsFields: false)
    private var options = HandleOptions()

    init?(_ endpoint: Endpoint, _ exchanges: CurlExchanges) {
        guard let url = CurlURL() else { return nil }
        self.url = url
        self.endpoint = endpoint
        self.exchanges = exchanges
        super.init(exchanges.lane.sockets)
        configure()
    }

    /// Sets what is the same for every use of the handle (curl_easy_setopt(3)).
    private func configure() {
        let settings = endpoint.settings
        let upstream = endpoint.upstream.settings
        CCurl_set_pointer(handle, CURLOPT_CURLU, UnsafeMutableRawPointer(url.parsed))
        CCurl_set_string(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        CCurl_set_long(handle, CURLOPT_FOLLOWLOCATION, settings.followsRedirects ? 1 : 0)
        CCurl_set_long(handle, CURLOPT_MAXREDIRS, 5)
        CCurl_set_long(handle, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        CCurl_set_offset(handle, CURLOPT_MAXFILESIZE_LARGE, curl_off_t(settings.bodyLimit))
        set(upstream.tls)
        if let connectTimeout = upstream.connectTimeout {
            CCurl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, Int(clamping: connectTimeout.wholeMilliseconds))
        }
        // In whole seconds; libcurl closes older ones, also those of other calls, when it next looks for a connection.
        CCurl_set_long(
            handle, CURLOPT_MAXAGE_CONN, max(1, Int(clamping: upstream.keepalive.idle.wholeMilliseconds / 1_000)))
        if upstream.keepalive.connections == 0 { CCurl_set_long(handle, CURLOPT_FORBID_REUSE, 1) }
        let me = Unmanaged.passUnretained(self).toOpaque()
        CCurl_set_pointer(handle, CURLOPT_WRITEDATA, me)
        CCurl_set_write(handle, received)
        CCurl_set_header(handle, receivedHeader, me)
        checkConnections()
    }

    /// Sets what this use is about; false when the URL is none.
    ///
    /// - Parameter addresses: Of the host, nil when it is one itself.
    func prepare(_ transfer: Transfer, _ addresses: StringList?) -> Bool {
        let named = transfer.namedServer
        // Both are mostly the very ones of the last use, which is quickly seen.
        let origin =
            (transfer.order.hasURL ? transfer.order.url?.text : named?.url ?? transfer.server?.server.url) ?? ""
        let target = transfer.order.hasURL ? [] : transfer.order.target
        if !url.has(origin, target) {
            guard url.set(origin, target) else { return false }
            host = hostField(transfer)
        }
        if endpoint.upstream.settings.tls.serverName != nil { connect(to: named?.server) }
        let headers = (transfer.order.headers ?? endpoint.noHeaders).list(
            for: endpoint, transfer.message, host: named?.server.authority)
        // A message may have a Host field of its own.
        let host = transfer.message == nil ? host : nil
        CCurl_set_list(handle, CURLOPT_HTTPHEADER, host?.list(before: headers) ?? headers.list)
        self.headers = headers
        set(transfer.message)
        answer = CurlAnswer(collectsFields: endpoint.settings.collectsFields)
        if let addresses {
            CCurl_set_list(handle, CURLOPT_RESOLVE, addresses.list)
            self.addresses = addresses
        }
        if endpoint.isEncoded != options.isDecoding {
            options.isDecoding = endpoint.isEncoded
            CCurl_set_string(handle, CURLOPT_ACCEPT_ENCODING, options.isDecoding ? "gzip, br" : nil)
        }
        if endpoint.bufferSize != options.bufferSize {
            options.bufferSize = endpoint.bufferSize
            CCurl_set_long(handle, CURLOPT_BUFFERSIZE, options.bufferSize)
        }
        self.transfer = transfer
        clearErrorText()
        // A second attempt meets no other connection that is just being closed.
        if transfer.isRetry != options.isFresh {
            options.isFresh = transfer.isRetry
            CCurl_set_long(handle, CURLOPT_FRESH_CONNECT, options.isFresh ? 1 : 0)
        }
        return true
    }

    /// Sets method and body; a handle that was used for another message is a GET again first.
    private func set(_ message: OutgoingMessage?) {
        if !options.isPlainGet {
            CCurl_set_long(handle, CURLOPT_HTTPGET, 1)
            CCurl_set_string(handle, CURLOPT_CUSTOMREQUEST, nil)
        }
        options.isPlainGet = message == nil
        guard let message else { return }
        if message.method == "HEAD" {
            CCurl_set_long(handle, CURLOPT_NOBODY, 1)
        } else if message.contentLength != nil {
            let body = message.body ?? []
            CCurl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
            // Copied by libcurl, with its length known (CURLOPT_COPYPOSTFIELDS(3)).
            body.withUnsafeBytes { bytes in
                let start = bytes.baseAddress.map { UnsafeMutableRawPointer(mutating: $0) }
                _ = CCurl_set_pointer(handle, CURLOPT_COPYPOSTFIELDS, start ?? handle)
            }
        }
        CCurl_set_string(handle, CURLOPT_CUSTOMREQUEST, message.method)
    }

    fileprivate func receive(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        answer.receive(bytes, limit: endpoint.settings.bodyLimit)
    }

    fileprivate func receiveHeader(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        answer.receiveHeader(line, isDecoding: options.isDecoding)
    }

    override func done(_ code: CURLcode) {
        guard let transfer else { return }
        if answer.framing.isEncoded, !options.isDecoding, answer.refusal == nil {
            endpoint.isEncoded = true
            end()
            return exchanges.desk.beginAgain(transfer)
        }
        if isStale(code), !transfer.isRetry {
            transfer.isRetry = true
            end()
            return exchanges.desk.beginAgain(transfer)
        }
        let result = result(code)
        if result == .failure(.tls) { transfer.report(fault(code)) }
        if let traced = transfer.times { note(traced) }
        end()
        transfer.stage = .starting
        exchanges.desk.settle(transfer, result)
    }

    /// Whether it met a kept connection that its server was just closing, as the plain lane tells it, or that leads to
    /// an address which is not for its URL.
    ///
    /// libcurl tries by itself what met a closing one, but counts that over the life of a handle: every sixth fails.
    private func isStale(_ code: CURLcode) -> Bool {
        switch code {
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_ABORTED_BY_CALLBACK:
            answer.framing.isEmpty && transfer?.order.isIdempotent != false
                && CCurl_get_long(handle, CURLINFO_NUM_CONNECTS) == 0
        default: false
        }
    }

    /// Notes when the steps were done, as libcurl tells it in microseconds (curl_easy_getinfo(3)).
    private func note(_ traced: TransferTimes) {
        func time(_ info: CURLINFO) -> Duration { .microseconds(CCurl_get_offset(handle, info)) }
        let now = MonotonicTime.now().nanoseconds
        let start = now - min(now, time(CURLINFO_TOTAL_TIME_T).wholeNanoseconds)
        traced.sent = MonotonicTime(nanoseconds: start) + time(CURLINFO_PRETRANSFER_TIME_T)
        traced.firstByte = MonotonicTime(nanoseconds: start) + time(CURLINFO_STARTTRANSFER_TIME_T)
        guard CCurl_get_long(handle, CURLINFO_NUM_CONNECTS) > 0 else { return }
        let (dns, connect) = (time(CURLINFO_NAMELOOKUP_TIME_T), time(CURLINFO_CONNECT_TIME_T))
        let tls = time(CURLINFO_APPCONNECT_TIME_T)
        traced.connection = TransferTimes.Connection(
            dns: dns, connect: connect - dns, tls: tls > connect ? tls - connect : .zero)
    }

    /// What the attempt came to, by libcurl's result.
    private func result(_ code: CURLcode) -> TransferResult {
        if code == CURLE_OK {
            // Closed before the end of the header, which is a success to libcurl.
            guard answer.framing.isComplete else { return .failure(.reset) }
            endpoint.learn(bodyBytes: answer.body.count)
            return .response(
                status: CCurl_get_long(handle, CURLINFO_RESPONSE_CODE), body: answer.body, fields: answer.fields)
        }
        if let refusal = answer.refusal { return .failure(refusal) }
        // A connection that breaks has the same code as chunks that cannot be read; only the words differ.
        if code == CURLE_RECV_ERROR, errorText.contains("chunked-encoding") {
            return .failure(.protocol)
        }
        // The call's own time is the engine's affair: this was the time to connect.
        if code == CURLE_OPERATION_TIMEDOUT { return .failure(.connect) }
        return .failure(failure(code))
    }

    /// Leaves libcurl and waits for the next use; a transfer that is not over is broken off, which closes its connection.
    func end() {
        exchanges.lane.remove(self)
        transfer = nil
        headers = nil
        if addresses != nil { CCurl_set_list(handle, CURLOPT_RESOLVE, nil) }
        addresses = nil
        answer = CurlAnswer(collectsFields: false)
        if !exchanges.keep(self) { free() }
    }

    func abandon(_ transfer: Transfer) { end() }

    override func free() {
        super.free()
        url.free()
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
    let chunk = UnsafeBufferPointer(
        start: UnsafeRawPointer(bytes).assumingMemoryBound(to: UInt8.self), count: size * count)
    return Unmanaged<CurlExchange>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.receive(chunk) } ? chunk.count : 0
}

/// CURLOPT_HEADERFUNCTION; likewise.
private func receivedHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    unsafeBitCast(
        receivedHeaderOnLoop as @LoopActor (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int,
        to: Receive.self)(bytes, size, count, context)
}

/// Takes a line, or stops the transfer by taking none of it.
@LoopActor
private func receivedHeaderOnLoop(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes, let context else { return 0 }
    let line = UnsafeBufferPointer(
        start: UnsafeRawPointer(bytes).assumingMemoryBound(to: UInt8.self), count: size * count)
    return Unmanaged<CurlExchange>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.receiveHeader(line) }
        ? line.count : 0
}
