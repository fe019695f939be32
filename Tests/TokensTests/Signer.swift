import Access
import Crypto
import Foundation

@testable import Tokens

/// Whoever makes tokens: a key of P-256 of its own, and what it is told to sign.
struct Signer {
    private let key = P256.Signing.PrivateKey()
    let id: String

    init(_ id: String = "k") {
        self.id = id
    }

    static func encoded(_ bytes: some DataProtocol) -> String {
        Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }

    /// Its public key.
    var jwk: String {
        let point = Array(key.publicKey.rawRepresentation)
        return """
            {"kty":"EC","crv":"P-256","kid":"\(id)","x":"\(Self.encoded(point[..<32]))","y":"\(Self.encoded(point[32...]))"}
            """
    }

    var keys: KeySet {
        get throws { try KeySet(Array(#"{"keys":[\#(jwk)]}"#.utf8)) }
    }

    /// A token with this header and these claims, well signed whatever they are.
    func token(header: String? = nil, _ claims: String) throws -> Substring {
        let header = header ?? #"{"alg":"ES256","kid":"\#(id)"}"#
        let input = Self.encoded(Array(header.utf8)) + "." + Self.encoded(Array(claims.utf8))
        let signature = try key.signature(for: Array(input.utf8))
        return "\(input).\(Self.encoded(signature.rawRepresentation))"[...]
    }
}

extension TokenRule {
    /// One that wants nothing but a good signature in time.
    static func plain(
        _ algorithms: [Algorithm] = [.es256], issuer: String? = nil, audiences: [String] = [], leeway: Duration = .zero,
        claims: [Claim] = []
    ) -> TokenRule {
        TokenRule(
            .text([]), refresh: .seconds(1), header: "Authorization",
            demands: Demands(algorithms: algorithms, issuer: issuer, audiences: audiences, leeway: leeway),
            claims: claims, forwards: false)
    }
}
