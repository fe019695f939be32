import CCurl
import FanOut
import Loop
import NIOCore

/// Makes connections for the plain lane with libcurl, which is good at it: all addresses of a name, the faster family.
@LoopActor
final class Connector {
    /// Handles that wait for their next use.
    private static let idleLimit = 64

    private unowned let engine: TransferEngine
    private var idle: [Connecting] = []

    init(_ engine: TransferEngine) {
        self.engine = engine
    }

    /// Connects to a server; the caller is told later on, with a socket that is its own, or why there is none.
    ///
    /// Nil when libcurl is out of memory.
    func connect(
        _ server: Server, timeout: Duration?, done: @escaping (Connecting, Result<CInt, Failure>) -> Void
    ) -> Connecting? {
        guard let connecting = idle.popLast() ?? Connecting(engine.curl.sockets) else { return nil }
        connecting.begin(timeout: timeout) { [self] result in
            // Resolving may still be under way when it is given up; libcurl has the handle only after that.
            engine.curl.remove(connecting)
            if case .success = result {} else { connecting.reset() }
            done(connecting, result)
            if idle.count < Self.idleLimit { idle.append(connecting) } else { connecting.free() }
        }
        if server.isAddress {
            start(connecting, server, nil)
        } else {
            engine.names.addresses(of: server.host) { [self] result in
                guard connecting.isWanted else { return }
                switch result {
                case .success(let addresses):
                    start(connecting, server, StringList(resolving: server.host, server.port, to: addresses))
                case .failure(let failure): connecting.failSoon(failure)
                }
            }
        }
        return connecting
    }

    private func start(_ connecting: Connecting, _ server: Server, _ addresses: StringList?) {
        connecting.prepare(server, addresses)
        if !engine.curl.add(connecting) { connecting.failSoon(.overloaded) }
    }

    /// Gives a connection up that nobody waits for any more.
    func cancel(_ connecting: Connecting) {
        guard connecting.isWanted else { return }
        engine.curl.remove(connecting)
        connecting.reset()
        // Not for another use: a name that is still being looked up would be told to it.
        connecting.free()
    }
}

/// A connection that libcurl is making (CURLOPT_CONNECT_ONLY(3)).
@LoopActor
final class Connecting: EasyHandle {
    private let sockets: SocketTable
    private var done: ((Result<CInt, Failure>) -> Void)?
    private var addresses: StringList?
    private var url = ""

    override init?(_ sockets: SocketTable) {
        self.sockets = sockets
        super.init(sockets)
        CCurl_set_long(handle, CURLOPT_CONNECT_ONLY, 1)
        // No connection of libcurl's is looked for: all are handed over.
        CCurl_set_long(handle, CURLOPT_FRESH_CONNECT, 1)
    }

    /// Whether somebody waits for it.
    var isWanted: Bool { done != nil }

    func begin(timeout: Duration?, done: @escaping (Result<CInt, Failure>) -> Void) {
        self.done = done
        // 0 is libcurl's own limit of 300 s.
        let milliseconds = timeout.map { max(1, $0.wholeMilliseconds) } ?? 0
        CCurl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, Int(clamping: milliseconds))
    }

    func prepare(_ server: Server, _ addresses: StringList?) {
        if url != server.url {
            url = server.url
            CCurl_set_string(handle, CURLOPT_URL, url)
        }
        CCurl_set_list(handle, CURLOPT_RESOLVE, addresses?.list)
        self.addresses = addresses
    }

    override func done(_ code: CURLcode) {
        guard code == CURLE_OK else {
            return finish(.failure(code == CURLE_OPERATION_TIMEDOUT ? .connect : code.failure))
        }
        let socket = CCurl_active_socket(handle)
        guard socket >= 0 else { return finish(.failure(.connect)) }
        sockets.takeOver(socket)
        finish(.success(socket))
    }

    /// Fails from a place that the one who waits must not be told from.
    func failSoon(_ failure: Failure) {
        LoopActor.loop.execute { LoopActor.assumeIsolated { self.finish(.failure(failure)) } }
    }

    private func finish(_ result: Result<CInt, Failure>) {
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
