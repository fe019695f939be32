import Base
import CCurl
import Loop
import Policy
import Processes

/// Makes connections for the plain lane with libcurl, which is good at it: all addresses of a name, the faster family, TLS.
@LoopActor
final class Connector {
    /// Handles that wait for their next use.
    private static let idleLimit = 64

    private let names: Names
    private let forbidden: ForbiddenPeer?
    /// Apart from exchanges: a handle stays here as long as the TLS connection that it made.
    private let lane = CurlLane()
    private var idle: [Connecting] = []

    init(_ names: Names, _ forbidden: ForbiddenPeer?) {
        self.names = names
        self.forbidden = forbidden
    }

    /// Connects to a server; the caller is told later on, with a wire that is its own, or why there is none.
    ///
    /// Nil when libcurl is out of memory.
    func connect(
        _ server: Server, _ settings: UpstreamSettings, done: @escaping (Connecting, Result<Wire, Failure>) -> Void
    ) -> Connecting? {
        guard let connecting = idle.popLast() ?? Connecting(lane.sockets) else { return nil }
        connecting.begin(server, settings, forbidden) { [self] result in
            if case .success(.tls) = result {} else { recycle(connecting) }
            done(connecting, result)
        }
        if server.isAddress {
            start(connecting, nil)
        } else {
            let asked = MonotonicTime.now()
            names.addresses(of: server.host) { [self] result in
                guard connecting.isWanted else { return }
                connecting.times.dns = MonotonicTime.now().since(asked)
                switch result {
                case .success(let addresses):
                    start(connecting, StringList(resolving: server.host, server.port, to: addresses))
                case .failure(let failure): connecting.failSoon(failure)
                }
            }
        }
        return connecting
    }

    /// Takes a handle out of libcurl, which closes what it has, and keeps it for its next use.
    private func recycle(_ connecting: Connecting) {
        lane.remove(connecting)
        if idle.count < Self.idleLimit { idle.append(connecting) } else { connecting.free() }
    }

    /// Closes a TLS connection.
    func close(_ connecting: Connecting, _ socket: CInt) {
        lane.sockets.giveBack(socket)
        connecting.output.reset()
        recycle(connecting)
    }

    /// Has a wire's owner told when libcurl closes the connection by itself; nothing is left to be closed then.
    func watch(_ connecting: Connecting, _ socket: CInt, closed: @escaping @LoopActor @Sendable () -> Void) {
        lane.sockets.lend(socket) { [self] in
            connecting.output.reset()
            recycle(connecting)
            closed()
        }
    }

    private func start(_ connecting: Connecting, _ addresses: StringList?) {
        connecting.resolve(addresses)
        if !lane.add(connecting) { connecting.failSoon(.overloaded) }
    }

    /// Gives a connection up that nobody waits for any more.
    func cancel(_ connecting: Connecting) {
        guard connecting.isWanted else { return }
        lane.remove(connecting)
        connecting.reset()
        // Not for another use: a name that is still being looked up would be told to it.
        connecting.free()
    }
}

/// A connection that libcurl is making (CURLOPT_CONNECT_ONLY(3)).
@LoopActor
final class Connecting: EasyHandle {
    private let sockets: SocketTable
    private var done: ((Result<Wire, Failure>) -> Void)?
    private var addresses: StringList?
    private var url = ""
    private var isSecure = false
    private var forbidden: ForbiddenPeer?
    /// Where it has TLS, what goes out on it.
    let output = TLSOutput()
    /// How long the steps took; whole when it is done.
    var times = TransferTimes.Connection()
    /// Why it failed, where that was TLS.
    private(set) var fault: TLSFault?

    override init?(_ sockets: SocketTable) {
        self.sockets = sockets
        super.init(sockets)
        CCurl_set_long(handle, CURLOPT_CONNECT_ONLY, 1)
        // No connection of libcurl's is looked for: each is for one wire.
        CCurl_set_long(handle, CURLOPT_FRESH_CONNECT, 1)
        // libcurl would close TLS connections that it thinks have not been used for that many seconds.
        CCurl_set_long(handle, CURLOPT_MAXAGE_CONN, Int(Int32.max) / 1_000)
        CCurl_set_long(handle, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
    }

    /// Whether somebody waits for it.
    var isWanted: Bool { done != nil }

    func begin(
        _ server: Server, _ settings: UpstreamSettings, _ forbidden: ForbiddenPeer?,
        done: @escaping (Result<Wire, Failure>) -> Void
    ) {
        self.done = done
        self.forbidden = forbidden
        times = TransferTimes.Connection()
        isSecure = server.isSecure
        let name = isSecure ? settings.tls.serverName : nil
        let url = name.map(server.url(named:)) ?? server.url
        if self.url != url {
            self.url = url
            CCurl_set_string(handle, CURLOPT_URL, url)
        }
        connect(to: name == nil ? nil : server)
        // 0 is libcurl's own limit of 300 s.
        let milliseconds = settings.connectTimeout.map { max(1, $0.wholeMilliseconds) } ?? 0
        CCurl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, Int(clamping: milliseconds))
        clearErrorText()
        fault = nil
        guard isSecure else { return }
        set(settings.tls)
    }

    func resolve(_ addresses: StringList?) {
        CCurl_set_list(handle, CURLOPT_RESOLVE, addresses?.list)
        self.addresses = addresses
    }

    override func done(_ code: CURLcode) {
        guard code == CURLE_OK else {
            let failure = code == CURLE_OPERATION_TIMEDOUT ? .connect : self.failure(code)
            if failure == .tls { fault = fault(code) }
            return finish(.failure(failure))
        }
        times.connect = .microseconds(CCurl_get_offset(handle, CURLINFO_CONNECT_TIME_T))
        if isSecure {
            times.tls = .microseconds(CCurl_get_offset(handle, CURLINFO_APPCONNECT_TIME_T)) - times.connect
        }
        // Nothing was sent yet but, where it has TLS, the handshake.
        if let forbidden, forbidden.has(self) { return finish(.failure(.forbidden)) }
        let socket = CCurl_active_socket(handle)
        guard socket >= 0 else { return finish(.failure(.connect)) }
        if isSecure { return finish(.success(.tls(self, socket))) }
        sockets.takeOver(socket)
        finish(.success(.socket(socket)))
    }

    /// Fails from a place that the one who waits must not be told from.
    func failSoon(_ failure: Failure) {
        LoopActor.execute { [self] in finish(.failure(failure)) }
    }

    private func finish(_ result: Result<Wire, Failure>) {
        let done = self.done
        self.done = nil
        addresses = nil
        done?(result)
    }

    func reset() {
        done = nil
        addresses = nil
    }
}

extension StringList {
    /// `HOST:PORT:ADDRESS,…`: the addresses of a name, so that libcurl asks nobody (CURLOPT_RESOLVE(3)).
    convenience init(resolving host: String, _ port: UInt16, to addresses: [IPAddress]) {
        self.init()
        let list = addresses.map { Self.text($0) }.joined(separator: ",")
        append("\(host):\(port):\(list)")
    }

    private static func text(_ address: IPAddress) -> String {
        if case .v6 = address { "[\(address)]" } else { "\(address)" }
    }
}
