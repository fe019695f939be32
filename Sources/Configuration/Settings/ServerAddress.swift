import Base
package import HTTP

/// One address of an upstream, or the name of a service whose records are to say them (SRV, RFC 2782).
package struct ServerAddress: Sendable, Hashable, CustomStringConvertible {
    package let scheme: URLScheme
    /// A host name or an IP address, version 6 without its brackets.
    package let host: String
    /// From 1 to 65535; the scheme's own when the URL names none, and of a service, whose records say the ports.
    package let port: UInt16
    /// Goes before the path of every call: empty, or `/base` without a slash at its end.
    package let basePath: String
    /// Whether the host is the name of a service: `srv+http://_users._tcp.example.internal`.
    package let isService: Bool

    /// The host and, unless it is the scheme's own, the port: what a Host field carries (RFC 9110 section 7.2).
    package var authority: String {
        HostText.bracketed(host) + (port == scheme.defaultPort ? "" : ":\(port)")
    }

    /// The URL without a slash at its end and without the scheme's own port: `http://127.0.0.1:9001/base`.
    package var text: String { (isService ? Self.servicePrefix : "") + scheme.rawValue + "://" + authority + basePath }

    private static let servicePrefix = "srv+"

    /// The same as `text`.
    package var description: String { text }

    /// Reads `http://host:port/base`, or `srv+http://service/base`; throws what is wrong with the text.
    package init(_ text: String) throws(AddressError) {
        let isService = text.lowercased().hasPrefix(Self.servicePrefix)
        let url = isService ? String(text.dropFirst(Self.servicePrefix.count)) : text
        let (origin, rest) = try Self.split(url)
        if isService { try Self.checkService(url, origin) }
        if rest.contains("?") || rest.contains("#") {
            throw AddressError(message: "a server's URL has neither a query nor a fragment")
        }
        guard rest.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"{}\"<>\\^`|".utf8.contains($0) }) else {
            throw AddressError(message: "the path of a server's URL is written percent-encoded, without templates")
        }
        var base = rest
        while base.hasSuffix("/") { base.removeLast() }
        self.init(
            scheme: origin.scheme, host: origin.host, port: origin.port, basePath: String(base), isService: isService)
    }

    /// Throws where the host of a service is no name, or has a port.
    private static func checkService(_ url: String, _ origin: ServerAddress) throws(AddressError) {
        if IPAddress(origin.host) != nil {
            throw AddressError(message: "the records of a service are found by a name, not by an address")
        }
        let authority = url.dropFirst(origin.scheme.rawValue.utf8.count + 3).prefix { !"/?#".contains($0) }
        if authority.contains(":") {
            throw AddressError(message: "the records of a service say the ports, so its URL has none")
        }
    }

    /// Where a collector on this machine usually takes spans.
    static let collector = ServerAddress(scheme: .http, host: "127.0.0.1", port: 4318, basePath: "/v1/traces")

    private init(scheme: URLScheme, host: String, port: UInt16, basePath: String, isService: Bool = false) {
        self.isService = isService
        self.scheme = scheme
        self.host = host
        self.port = port
        self.basePath = basePath
    }

    /// Takes a URL apart: its origin, and what follows that (empty, or from the first `/`, `?` or `#` on).
    ///
    /// Throws when it is not http or https, when the host is missing or malformed, and on user information, which
    /// would be a secret in a file that is not secret.
    static func split(_ text: String) throws(AddressError) -> (origin: ServerAddress, rest: Substring) {
        guard let colon = text.firstRange(of: "://"),
            let scheme = URLScheme(rawValue: text[..<colon.lowerBound].lowercased())
        else {
            throw AddressError(message: "a URL starts with http:// or https://")
        }
        let afterScheme = text[colon.upperBound...]
        let end = afterScheme.firstIndex { "/?#".contains($0) } ?? afterScheme.endIndex
        let authority = afterScheme[..<end]
        if authority.contains("@") {
            throw AddressError(message: "a URL carries no user information before its host")
        }
        if authority.contains("{") || authority.contains("}") {
            throw AddressError(message: "a template may stand in the path and query of a URL, never in its host")
        }
        let (host, port) = try parse(authority: authority, scheme: scheme)
        return (ServerAddress(scheme: scheme, host: host, port: port, basePath: ""), text[end...])
    }

    private static func parse(
        authority: Substring, scheme: URLScheme
    ) throws(AddressError) -> (host: String, port: UInt16) {
        guard let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") else {
            return (try HostText.parse(authority).lowercased(), scheme.defaultPort)
        }
        let digits = authority[authority.index(after: colon)...]
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits), port > 0 else {
            throw AddressError(message: "a port is a number from 1 to 65535")
        }
        return (try HostText.parse(authority[..<colon]).lowercased(), port)
    }
}
