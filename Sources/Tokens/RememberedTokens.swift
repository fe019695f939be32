import Crypto
import FoundationEssentials

/// Tokens that were verified, so that a signature is looked at once and not with every request of its bearer.
package struct RememberedTokens {
    /// Tokens of one half: when a half is full, the other one is forgotten.
    private let limit: Int
    private var young: [SHA256Digest: VerifiedToken] = [:]
    private var old: [SHA256Digest: VerifiedToken] = [:]

    package init(limit: Int = 4_096) {
        self.limit = limit
    }

    /// What a token says that was remembered and has not ended.
    package mutating func find(_ token: Substring, at now: Int64) -> VerifiedToken? {
        let digest = Self.digest(token)
        if let known = young[digest] { return now < known.end ? known : nil }
        guard let known = old[digest], now < known.end else { return nil }
        keep(known, as: digest)
        return known
    }

    package mutating func remember(_ verified: VerifiedToken, for token: Substring) {
        keep(verified, as: Self.digest(token))
    }

    /// The keys have changed: one of them may be known no more.
    package mutating func forgetAll() {
        young = [:]
        old = [:]
    }

    private mutating func keep(_ verified: VerifiedToken, as digest: SHA256Digest) {
        if young.count >= limit {
            old = young
            young = [:]
        }
        young[digest] = verified
    }

    /// The token itself is not kept: whoever could read the memory would have it.
    private static func digest(_ token: Substring) -> SHA256Digest { SHA256.hash(data: Array(token.utf8)) }
}
