import Access
import Base
import JSON

/// Why a token is not taken; goes to the client as `error_description` (RFC 6750 section 3).
package enum TokenError: Error, Equatable, Sendable {
    case malformed, unsupported, unknownKey, badSignature, expired, notYet, wrongIssuer, wrongAudience
    /// A claim cannot be passed on as a field's value.
    case unfitClaim

    package var description: String {
        switch self {
        case .malformed: "The token is not well formed."
        case .unsupported: "The token is signed in a way that is not taken here."
        case .unknownKey: "No key is known that made the token."
        case .badSignature: "The signature is not that of the token."
        case .expired: "The token has expired."
        case .notYet: "The token is not valid yet."
        case .wrongIssuer: "The token is of another issuer."
        case .wrongAudience: "The token is for another audience."
        case .unfitClaim: "A claim of the token cannot be passed on."
        }
    }
}

/// A token in its compact form (RFC 7515 section 3.1), taken apart and not judged.
struct SignedToken {
    let algorithm: TokenRule.Algorithm
    let keyID: String?
    let claims: JSONObject
    /// The claims as text.
    let payload: [UInt8]
    /// What is signed.
    let input: [UInt8]
    let signature: [UInt8]

    /// Bytes of a token.
    static let limit = 16 << 10

    init(_ text: Substring) throws(TokenError) {
        let bytes = Array(text.utf8)
        let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard bytes.count <= Self.limit, parts.count == 3, let head = Base64URL.decode(parts[0]),
            let payload = Base64URL.decode(parts[1]), let signature = Base64URL.decode(parts[2]),
            let header = JSONObject(head), let claims = JSONObject(payload), let name = header.string("alg"),
            header["kid"] == nil || header.string("kid") != nil
        else { throw .malformed }
        // What it says must be understood is not understood here (RFC 7515 section 4.1.11).
        guard header["crit"] == nil, let algorithm = TokenRule.Algorithm(rawValue: name) else { throw .unsupported }
        self.algorithm = algorithm
        keyID = header.string("kid")
        self.claims = claims
        self.payload = payload
        self.signature = signature
        input = Array(bytes[..<parts[1].endIndex])
    }
}
