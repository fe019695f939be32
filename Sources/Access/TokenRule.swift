package import HTTP
package import JSON

/// Which JSON Web Tokens (RFC 7519) a route takes, and what of them its upstreams are told.
package struct TokenRule: Sendable, Equatable {
    /// How a token may be signed (RFC 7518 section 3.1, RFC 8037 section 3.1).
    package enum Algorithm: String, Sendable, CaseIterable {
        // Named as tokens name them.
        case rs256 = "RS256"
        case es256 = "ES256"
        case edDSA = "EdDSA"
        case hs256 = "HS256"
    }

    /// Where the keys come from, a JWK set (RFC 7517 section 5).
    package enum Source: Sendable, Equatable {
        /// Read with the configuration.
        case text([UInt8])
        case url(HTTPURL)
        case upstream(Int, target: String)
    }

    /// A claim that upstreams get as a field.
    package struct Claim: Sendable, Equatable {
        package var path: JSONPath
        package var field: String

        package init(path: JSONPath, field: String) {
            self.path = path
            self.field = field
        }
    }

    /// What a token has to be, beside unexpired.
    package struct Demands: Sendable, Equatable {
        package var algorithms: [Algorithm]
        /// Who has to have made it; nil: anybody who has a key.
        package var issuer: String?
        /// It has to be made for one of them; none: for anybody.
        package var audiences: [String]
        /// How far the clocks of whoever made it and of this machine may be apart.
        package var leeway: Duration

        package init(algorithms: [Algorithm], issuer: String?, audiences: [String], leeway: Duration) {
            self.algorithms = algorithms
            self.issuer = issuer
            self.audiences = audiences
            self.leeway = leeway
        }
    }

    package var source: Source
    /// How often keys that are not in a file are asked for.
    package var refresh: Duration
    /// The header field that carries the token: after `Bearer` in `Authorization`, alone in any other.
    package let header: String
    /// The same in lower case.
    private let field: String
    package var demands: Demands
    package var claims: [Claim]
    /// Whether upstreams get the token too.
    package var forwards: Bool

    package init(
        _ source: Source, refresh: Duration, header: String, demands: Demands, claims: [Claim], forwards: Bool
    ) {
        self.source = source
        self.refresh = refresh
        self.header = header
        field = header.lowercased()
        self.demands = demands
        self.claims = claims
        self.forwards = forwards
    }

    /// The token that a request has; nil where it has none.
    ///
    /// One with two of them has none that can be read, which the empty text stands for: others may have read the other one.
    package func token(of fields: HeaderFields) -> Substring? {
        let values = fields.all(field)
        guard let value = values.first else { return nil }
        guard values.count == 1 else { return "" }
        return field == "authorization" ? APIKeys.bearerToken(value) ?? "" : value[...]
    }

    /// The fields as upstreams may see them: with what the token says of its bearer; what the client said is removed before.
    package func fields(_ fields: HeaderFields, saying claims: [(field: String, value: String)]) -> HeaderFields {
        var fields = forwards ? fields : fields.without(field)
        for claim in claims { fields.append(claim.field, claim.value) }
        return fields
    }
}
