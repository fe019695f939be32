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
