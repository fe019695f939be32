package import Access
import JSON

/// The keys of a JWK set (RFC 7517 section 5) that can be used here.
package struct KeySet: Sendable {
    let keys: [VerificationKey]
    /// Why one of its keys cannot be right; nil where none is wrong.
    package let flaw: KeySetError?

    /// Keys in one set.
    private static let limit = 100

    /// Reads a set; keys of other kinds, for other uses and with values that cannot be right are passed over (RFC 7517 section 5).
    ///
    /// So one bad key, of which no token need be, does not keep the others from being known.
    package init(_ text: [UInt8]) throws(KeySetError) {
        guard let set = JSONObject(text), let found = set.elements("keys") else {
            throw KeySetError(message: "it is no JWK set: an object with 'keys', a list of keys")
        }
        guard found.count <= Self.limit else {
            throw KeySetError(message: "it has \(found.count) keys; at most \(Self.limit) are read")
        }
        var keys: [VerificationKey] = []
        var flaw: KeySetError?
        for json in found {
            do throws(KeySetError) {
                if let key = try Self.key(json) { keys.append(key) }
            } catch {
                flaw = flaw ?? error
            }
        }
        guard !keys.isEmpty else {
            throw flaw ?? KeySetError(message: "it has no key for RS256, ES256, EdDSA or HS256")
        }
        self.keys = keys
        self.flaw = flaw
    }

    private static func key(_ json: ArraySlice<UInt8>) throws(KeySetError) -> VerificationKey? {
        guard let object = JSONObject(json) else {
            throw KeySetError(message: "one of its keys is no object, or has a member twice")
        }
        return try VerificationKey(object)
    }

    /// What it can verify.
    package var algorithms: Set<TokenRule.Algorithm> { Set(keys.map(\.algorithm)) }

    /// The keys that may have signed a token; of those that it does not name, a few.
    func candidates(_ id: String?, _ algorithm: TokenRule.Algorithm) -> [VerificationKey] {
        let usable = keys.filter { $0.algorithm == algorithm }
        guard let id else { return Array(usable.prefix(4)) }
        return Array(usable.filter { $0.id == id }.prefix(4))
    }
}
