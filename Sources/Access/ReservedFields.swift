package import HTTP

/// Header fields that upstreams believe, and that no client may therefore send.
package struct ReservedFields: Sendable, Equatable {
    /// In lower case, with `-` for `_`.
    private let names: [[UInt8]]

    package init(_ fields: [String] = []) {
        names = Set(fields).sorted().map { $0.utf8.map(Self.folded) }
    }

    package var isEmpty: Bool { names.isEmpty }

    /// The fields without those that are reserved; nil where there is none of them.
    ///
    /// Also without those that only have `_` for `-`: a program that is told of them by CGI's rule (RFC 3875 section 4.1.18),
    /// as by WSGI or PHP, could not tell them apart.
    package func removed(from fields: HeaderFields) -> HeaderFields? {
        var isThere = false
        fields.each { name, _ in
            isThere = contains(name)
            return !isThere
        }
        return isThere ? fields.without(contains) : nil
    }

    private func contains(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        names.contains { $0.count == name.count && zip($0, name).allSatisfy { $0 == Self.folded($1) } }
    }

    private static func folded(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        case UInt8(ascii: "_"): UInt8(ascii: "-")
        default: byte
        }
    }
}
