import Base
package import HTTP

/// The API keys that a route takes, known by their digests: whoever reads the file of them learns no key.
package struct APIKeys: Sendable, Equatable {
    /// A key of the file.
    package struct Key: Sendable, Equatable {
        /// Of whom it is, for rate limits and the log.
        package var name: String
        package var digest: SHA256.Digest
    }

    /// What a request has.
    package enum Verdict: Sendable, Equatable {
        case known(name: String)
        case unknown
        case missing
    }

    /// Keys in one file: each request is compared with all of them.
    package static let limit = 10_000

    /// The header field that carries the key, as the configuration writes it.
    ///
    /// With `Authorization` it is a bearer token (RFC 6750 section 2.1).
    package let header: String
    package let keys: [Key]
    private let field: String
    private var isBearer: Bool { field == "authorization" }

    package init(_ keys: [Key], header: String) {
        self.keys = keys
        self.header = header
        field = header.lowercased()
    }

    /// Judges a request; one with two keys has none that is known, for others may have read the other one.
    package func judge(_ fields: HeaderFields) -> Verdict {
        let values = fields.all(field)
        guard let value = values.first else { return .missing }
        guard values.count == 1, let key = isBearer ? Self.bearerToken(value) : value[...] else { return .unknown }
        return name(of: key).map { .known(name: $0) } ?? .unknown
    }

    /// The request's fields without the key, which is for the gateway alone.
    package func removed(from fields: HeaderFields) -> HeaderFields { fields.without(field) }

    /// What a 401 says in `WWW-Authenticate` (RFC 9110 section 11.6.1, RFC 6750 section 3).
    package func challenge(for verdict: Verdict) -> String {
        guard isBearer else { return "ApiKey realm=\"gatewayd\", header=\"\(header)\"" }
        return "Bearer realm=\"gatewayd\"" + (verdict == .unknown ? ", error=\"invalid_token\"" : "")
    }

    /// Compares with every key, and each in full: the time tells nothing of how near a guess is.
    private func name(of key: Substring) -> String? {
        let digest = SHA256.digest(of: Array(key.utf8))
        var found = -1
        for index in keys.indices {
            let difference = digest ^ keys[index].digest
            var bits: UInt32 = 0
            for lane in 0..<8 { bits |= difference[lane] }
            if bits == 0 { found = index }
        }
        return found < 0 ? nil : keys[found].name
    }

    static func bearerToken(_ value: String) -> Substring? {
        let scheme = "bearer "
        guard value.utf8.count > scheme.utf8.count, value.prefix(scheme.count).lowercased() == scheme else {
            return nil
        }
        return value.dropFirst(scheme.count)
    }
}

extension APIKeys {
    /// What is wrong with a file of keys, and in which line.
    package struct FileError: Error, Equatable {
        package var line: Int
        /// Goes on after the line; shows nothing of what is in the file.
        package var message: String
    }

    /// Reads a file of keys: in each line a name and the SHA-256 digest of a key in hexadecimal; `#` begins a comment.
    ///
    /// One name may have several keys, as it has while they are replaced.
    package static func read(_ text: String) throws(FileError) -> [Key] {
        var keys: [Key] = []
        var digests: Set<SHA256.Digest> = []
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        for (index, line) in lines.enumerated() {
            let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
            guard !words.isEmpty else { continue }
            func wrong(_ message: String) -> FileError { FileError(line: index + 1, message: message) }
            guard words.count == 2, let digest = SHA256.digest(hex: words[1]) else {
                throw wrong("a line wants a name and the SHA-256 digest of a key in 64 hexadecimal digits")
            }
            guard words[0].utf8.allSatisfy(FieldSyntax.isToken) else {
                throw wrong("a name has letters, digits, '-', '_' and '.'")
            }
            guard digests.insert(digest).inserted else { throw wrong("the key is there twice") }
            guard keys.count < limit else { throw wrong("a file has at most \(limit) keys") }
            keys.append(Key(name: String(words[0]), digest: digest))
        }
        return keys
    }
}
