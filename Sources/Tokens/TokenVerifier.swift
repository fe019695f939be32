package import Access
import JSON

/// What a token that is taken says.
package struct VerifiedToken: Sendable {
    /// For upstreams.
    package let claims: [(field: String, value: String)]
    /// The second since 1970 from which on it is taken no more.
    package let end: Int64
}

/// Judges tokens by the rule of a route (RFC 7519, with RFC 8725 on what to look at).
package struct TokenVerifier: Sendable {
    private let rule: TokenRule
    private let leeway: Int64

    package init(_ rule: TokenRule) {
        self.rule = rule
        leeway = rule.demands.leeway.components.seconds
    }

    /// Verifies a token.
    ///
    /// - Parameter now: Seconds since 1970.
    package func verify(
        _ text: Substring, with keys: KeySet, at now: Int64
    ) throws(TokenError) -> VerifiedToken {
        let token = try SignedToken(text)
        guard rule.demands.algorithms.contains(token.algorithm) else { throw .unsupported }
        let candidates = keys.candidates(token.keyID, token.algorithm)
        guard !candidates.isEmpty else { throw .unknownKey }
        guard candidates.contains(where: { $0.verifies(token.signature, of: token.input) }) else {
            // A token that names no key may be of one that is new.
            throw token.keyID == nil ? .unknownKey : .badSignature
        }
        let end = try checkTimes(token.claims, now)
        if let issuer = rule.demands.issuer, token.claims.string("iss") != issuer { throw .wrongIssuer }
        if !rule.demands.audiences.isEmpty,
            !Self.audiences(token.claims).contains(where: rule.demands.audiences.contains)
        {
            throw .wrongAudience
        }
        return VerifiedToken(claims: try claims(of: token.payload), end: end)
    }

    /// When a token ends, by the times that it has: an `exp` has to be there, `nbf` and `iat` need not (RFC 7519 section 4.1).
    private func checkTimes(_ claims: JSONObject, _ now: Int64) throws(TokenError) -> Int64 {
        guard let end = try Self.date("exp", claims) else { throw .malformed }
        guard now < end + leeway else { throw .expired }
        for name in ["nbf", "iat"] {
            if let begin = try Self.date(name, claims), begin > now + leeway { throw .notYet }
        }
        return end + leeway
    }

    /// A NumericDate (RFC 7519 section 2), which may have a fraction; nil where there is none.
    private static func date(_ name: String, _ claims: JSONObject) throws(TokenError) -> Int64? {
        guard let json = claims[name] else { return nil }
        // Further away than any that is meant, and far from where sums would overflow.
        guard let seconds = Double(String(decoding: json, as: UTF8.self)), abs(seconds) < 1e15 else {
            throw .malformed
        }
        return Int64(seconds.rounded(.down))
    }

    private static func audiences(_ claims: JSONObject) -> [String] {
        if let one = claims.string("aud") { return [one] }
        return (claims.elements("aud") ?? []).compactMap(JSONObject.string)
    }

    // MARK: What upstreams are told

    private func claims(of payload: [UInt8]) throws(TokenError) -> [(field: String, value: String)] {
        var found: [(field: String, value: String)] = []
        for claim in rule.claims {
            guard let json = claim.path.find(in: payload[...]), let value = try Self.value(json) else { continue }
            found.append((claim.field, value))
        }
        return found
    }

    /// A claim as a field's value: a text as it is, a number or truth value as JSON has it, a list of them with commas.
    ///
    /// Nil for what is null or an object, or a list of these.
    private static func value(_ json: ArraySlice<UInt8>) throws(TokenError) -> String? {
        guard let elements = JSONObject.elements(json) else { return try scalar(json) }
        var values: [String] = []
        for element in elements {
            guard let value = try scalar(element) else { return nil }
            // Whoever reads the list would see two.
            guard !value.utf8.contains(UInt8(ascii: ",")) else { throw .unfitClaim }
            values.append(value)
        }
        return values.joined(separator: ",")
    }

    private static func scalar(_ json: ArraySlice<UInt8>) throws(TokenError) -> String? {
        guard let text = JSONText.text(ofScalar: json) else { return nil }
        // Blanks at the ends belong to no field's value (RFC 9110 section 5.5): ' root' would be read as 'root'.
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }), text.utf8.first != 0x20, text.utf8.last != 0x20 else {
            throw .unfitClaim
        }
        return text
    }
}
