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

/// What is wrong with an address or a URL.
package struct AddressError: Error, Equatable {
    /// A clause without a full stop.
    package let message: String
}

/// The host of an address: a name, an IPv4 address or a bracketed IPv6 address (RFC 3986 section 3.2.2).
enum HostText {
    /// The host without brackets.
    static func parse(_ text: Substring) throws(AddressError) -> String {
        guard !text.isEmpty else { throw AddressError(message: "the host is missing") }
        if text.hasPrefix("[") {
            let inside = text.dropFirst().dropLast()
            guard text.hasSuffix("]"), inside.filter({ $0 == ":" }).count >= 2, isAddress6(inside) else {
                throw AddressError(message: "'\(text)' is no IPv6 address")
            }
            return String(inside)
        }
        guard !text.contains(":") else {
            throw AddressError(message: "an IPv6 address stands in brackets, such as [::1]")
        }
        if text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }) {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 4, parts.allSatisfy({ UInt8($0) != nil }) else {
                throw AddressError(message: "'\(text)' is no IPv4 address")
            }
            return String(text)
        }
        guard isName(text) else {
            throw AddressError(message: "'\(text)' is no host: letters, digits, '-', '_' and '.'")
        }
        return String(text)
    }

    /// As it stands in a URL: IPv6 addresses in brackets.
    static func bracketed(_ host: String) -> String {
        host.contains(":") ? "[\(host)]" : host
    }

    private static func isAddress6(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x46, 0x61...0x66, UInt8(ascii: ":"), UInt8(ascii: "."): true
            default: false
            }
        }
    }

    private static func isName(_ text: Substring) -> Bool {
        guard text.utf8.count <= 253, !text.hasPrefix("."), !text.contains("..") else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
            default: false
            }
        }
    }
}
