package import Base

/// An absolute http or https URL taken apart (RFC 3986 section 3), in one normal form.
///
/// What a caller names is judged and connected to by these parts and never by its text, so that no reading of the text
/// by anybody else matters.
package struct HTTPURL: Sendable, Hashable {
    package var scheme: URLScheme
    package var host: Host
    /// From 1 to 65535; the scheme's own when the URL names none.
    package var port: UInt16
    /// Starts with `/`; its dot-segments are resolved.
    package var path: String
    /// What follows the first `?`; nil without one.
    package var query: String?

    package enum Host: Sendable, Hashable {
        /// In lower case; no address, and nothing that inet_aton(3) takes for one.
        case name(String)
        case address(IPAddress)

        /// As it stands in a URL: an address of version 6 in brackets.
        package var text: String {
            switch self {
            case .name(let name): name
            case .address(.v4(let bits)): IPAddress.v4(bits).description
            case .address(let address): "[\(address)]"
            }
        }
    }

    /// Path and query, as a request carries them.
    package var target: String { path + (query.map { "?" + $0 } ?? "") }

    /// Scheme, host and, unless it is the scheme's own, port: `http://127.0.0.1:9001`.
    package var origin: String {
        "\(scheme.rawValue)://\(host.text)" + (port == scheme.defaultPort ? "" : ":\(port)")
    }

    /// The URL in its normal form, without a fragment.
    package var text: String { origin + target }

    /// Reads a URL; throws what is wrong with it.
    ///
    /// Refused are user information, hosts that only some resolvers read as addresses (`127.1`, `0x7f.1`,
    /// `2130706433`), and everything that is to be percent-encoded.
    package init(_ text: String) throws(URLError) {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }) else {
            throw URLError(message: "a URL is written percent-encoded, without spaces and '\\'")
        }
        let (scheme, rest) = try URLScheme.split(text)
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        (host, port) = try Host.split(rest[..<end], standard: scheme.defaultPort)
        self.scheme = scheme
        let target = rest[end...].prefix { $0 != "#" }
        let question = target.firstIndex(of: "?")
        query = question.map { String(target[target.index(after: $0)...]) }
        path = try URLPath.normalized(target[..<(question ?? target.endIndex)])
    }
}

/// What is wrong with a URL or a pattern of URLs.
package struct URLError: Error, Equatable {
    /// A clause without a full stop.
    package var message: String
}

extension URLScheme {
    /// The scheme of a URL, and what follows `://`.
    static func split(_ text: String) throws(URLError) -> (URLScheme, Substring) {
        guard let mark = text.firstRange(of: "://"),
            let scheme = URLScheme(rawValue: text[..<mark.lowerBound].lowercased())
        else { throw URLError(message: "a URL starts with http:// or https://") }
        return (scheme, text[mark.upperBound...])
    }
}

extension HTTPURL.Host {
    /// Takes an authority apart.
    static func split(_ authority: Substring, standard: UInt16) throws(URLError) -> (HTTPURL.Host, UInt16) {
        if authority.contains("@") { throw URLError(message: "a URL carries no user information before its host") }
        guard let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") else {
            return (try HTTPURL.Host(authority), standard)
        }
        let digits = authority[authority.index(after: colon)...]
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits), port > 0 else {
            throw URLError(message: "a port is a number from 1 to 65535")
        }
        return (try HTTPURL.Host(authority[..<colon]), port)
    }

    /// Reads a name, an address of version 4, or one of version 6 in brackets.
    init(_ text: Substring) throws(URLError) {
        guard !text.isEmpty else { throw URLError(message: "the host is missing") }
        if text.hasPrefix("["), text.hasSuffix("]") {
            guard let address = IPAddress(text.dropFirst().dropLast()), case .v6 = address else {
                throw URLError(message: "'\(text)' is no IPv6 address")
            }
            self = .address(address)
            return
        }
        let labels = text.lowercased().split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= 253, labels.allSatisfy(Self.isLabel) else {
            throw URLError(message: "'\(text)' is no host: labels of letters, digits, '-' and '_' between dots")
        }
        guard let last = labels.last, Self.isNumber(last) else {
            self = .name(labels.joined(separator: "."))
            return
        }
        guard let address = IPAddress(text) else {
            throw URLError(message: "'\(text)' is no IPv4 address: four decimal numbers, without leading zeros")
        }
        self = .address(address)
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count)
            && label.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
                default: false
                }
            }
    }

    /// Whether a host that ends so may be taken for an address of version 4: decimal, octal or hexadecimal.
    ///
    /// The rule of the WHATWG's URL Standard (section 3.5, "ends in a number"); no top-level domain is a number.
    private static func isNumber(_ label: Substring) -> Bool {
        if label.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return true }
        return label.hasPrefix("0x") && label.dropFirst(2).allSatisfy(\.isHexDigit)
    }
}

/// The path of a URL that is to be matched.
enum URLPath {
    /// The path with its dot-segments resolved (RFC 3986 section 5.2.4), plain and encoded ones alike.
    ///
    /// Throws when a server that also decodes slashes would find more of them.
    static func normalized(_ path: Substring) throws(URLError) -> String {
        guard !path.isEmpty else { return "/" }
        var segments: [Substring] = []
        let pieces = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        for (index, piece) in pieces.enumerated() {
            let isLast = index == pieces.count - 1
            switch decoded(piece) {
            case ".":
                if isLast { segments.append("") }
            case "..":
                _ = segments.popLast()
                if isLast { segments.append("") }
            case let plain where plain.split(whereSeparator: { "/\\".contains($0) }).contains(".."):
                throw URLError(message: "a path climbs behind an encoded slash")
            default:
                segments.append(piece)
            }
        }
        return "/" + segments.joined(separator: "/")
    }

    /// A segment with its dots, slashes and backslashes decoded.
    private static func decoded(_ segment: Substring) -> String {
        guard segment.contains("%") else { return String(segment) }
        return ["%2e": ".", "%2f": "/", "%5c": "\\"].reduce(segment.lowercased()) {
            $0.replacing($1.key, with: $1.value)
        }
    }
}
