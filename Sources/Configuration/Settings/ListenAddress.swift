/// Where the gateway listens.
package enum ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// An IP address (version 6 without its brackets) or a host name, and a port; port 0 lets the kernel choose one.
    case tcp(host: String, port: UInt16)
    /// The absolute path of a unix socket.
    case unix(path: String)

    /// As a configuration writes it: `127.0.0.1:8080`, `[::1]:80`, `unix:/run/gatewayd/http.sock`.
    package var description: String {
        switch self {
        case .tcp(let host, let port): HostText.bracketed(host) + ":\(port)"
        case .unix(let path): "unix:" + path
        }
    }

    /// Reads `HOST:PORT`, `[V6]:PORT` or `unix:/PATH`; throws what is wrong with the text.
    package init(_ text: String) throws(AddressError) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(5))
            try Self.checkSocketPath(path)
            self = .unix(path: path)
            return
        }
        guard let colon = text.lastIndex(of: ":"), !text[colon...].contains("]"), text.first != ":" else {
            throw AddressError(message: "the port is missing")
        }
        let digits = text[text.index(after: colon)...]
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits) else {
            throw AddressError(message: "a port is a number from 0 to 65535, 0 for any free one")
        }
        if text.hasPrefix("*:") {
            throw AddressError(message: "every address is written 0.0.0.0 or [::]")
        }
        self = .tcp(host: try HostText.parse(text[..<colon]), port: port)
    }

    /// Throws when a path cannot be the address of a unix socket (unix(7)).
    static func checkSocketPath(_ path: String) throws(AddressError) {
        guard path.hasPrefix("/"), !path.hasSuffix("/"), !path.utf8.contains(0) else {
            throw AddressError(message: "a socket's path is absolute, such as /run/gatewayd/http.sock")
        }
        guard path.utf8.count <= Bounds.socketPathBytes else {
            throw AddressError(message: "a socket's path has at most \(Bounds.socketPathBytes) bytes")
        }
    }
}
