/// Which URLs a batch may fetch: `http://127.0.0.1:*`, `https://*.example.com/public/*`.
///
/// It is compared part by part with a URL that was taken apart, so that no text can look like something else. The
/// scheme is literal; the host is literal, `*`, or `*.` before a name for all that end in it; the port is a number, `*`,
/// or absent for the scheme's own; the path is absent for any, or has `*` for any run of characters, slashes included.
/// The query is not looked at.
package struct URLPattern: Sendable, Hashable, CustomStringConvertible {
    private enum HostPattern: Hashable {
        case any
        /// With its dot: `.example.com`.
        case suffix(String)
        case literal(HTTPURL.Host)
    }

    /// As it was written.
    package let description: String
    private let scheme: URLScheme
    private let host: HostPattern
    /// Nil: any.
    private let port: UInt16?
    /// Nil: any.
    private let path: String?

    /// Reads a pattern; throws what is wrong with it.
    package init(_ text: String) throws(URLError) {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !#"?#\"#.utf8.contains($0) }) else {
            throw URLError(message: "a pattern is written percent-encoded, without a query, a fragment and spaces")
        }
        let (scheme, rest) = try URLScheme.split(text)
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        var authority = rest[..<end]
        var port: UInt16? = scheme.defaultPort
        let isAnyPort = authority.hasSuffix(":*")
        if isAnyPort { authority.removeLast(2) }
        if authority.hasPrefix("*") {
            // A name in the star's place lets the rest be read as that of any URL.
            let stand = "a" + authority.dropFirst()
            let (name, named) = try HTTPURL.Host.split(stand[...], standard: scheme.defaultPort)
            guard case .name(let name) = name, name == "a" || name.hasPrefix("a.") else {
                throw URLError(message: "'*' stands for a whole host, or before a dot for what a name begins with")
            }
            host = name == "a" ? .any : .suffix(String(name.dropFirst()))
            port = named
        } else {
            let (literal, named) = try HTTPURL.Host.split(authority, standard: scheme.defaultPort)
            (host, port) = (.literal(literal), named)
        }
        self.scheme = scheme
        self.port = isAnyPort ? nil : port
        path = end == rest.endIndex ? nil : try URLPath.normalized(rest[end...])
        description = text
    }

    /// Whether it allows a URL.
    package func matches(_ url: HTTPURL) -> Bool {
        guard scheme == url.scheme, port == nil || port == url.port else { return false }
        let isHost =
            switch (host, url.host) {
            case (.any, _): true
            case (.suffix(let suffix), .name(let name)): name.hasSuffix(suffix) && name != suffix
            case (.suffix, .address): false
            case (.literal(let literal), let host): literal == host
            }
        return isHost && (path.map { Self.glob(Array($0.utf8), Array(url.path.utf8)) } ?? true)
    }

    /// Whether its host is written as an address, and not as a name or a star that may lead to one.
    package var namesAddress: Bool {
        if case .literal(.address) = host { true } else { false }
    }

    /// Whether a pattern with `*` for any run of bytes fits a whole text.
    ///
    /// Each star is first given nothing and then, when what follows it does not fit, one byte more; going back to the
    /// last star alone is enough, so that the time is at most the product of both lengths.
    private static func glob(_ pattern: [UInt8], _ text: [UInt8]) -> Bool {
        var (place, read) = (0, 0)
        var retry: (place: Int, read: Int)?
        while read < text.count {
            if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
                retry = (place + 1, read)
                place += 1
            } else if place < pattern.count, pattern[place] == text[read] {
                (place, read) = (place + 1, read + 1)
            } else if let last = retry {
                retry = (last.place, last.read + 1)
                (place, read) = (last.place, last.read + 1)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
