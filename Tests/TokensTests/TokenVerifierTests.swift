import Access
import JSON
import Testing

@testable import Tokens

@Suite("Tokens")
struct TokenVerifierTests {
    private static let now: Int64 = 1_750_000_000
    private static let all =
        #"{"keys":[\#([Vectors.rsaKey, Vectors.ecKey, Vectors.okpKey, Vectors.octKey].joined(separator: ","))]}"#

    private static func error(
        _ token: Substring, _ rule: TokenRule, _ keys: KeySet, at now: Int64 = now
    ) -> TokenError? {
        do throws(TokenError) {
            _ = try TokenVerifier(rule).verify(token, with: keys, at: now)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "Tokens that another implementation signed are taken, each with the algorithm of its key",
        arguments: [Vectors.rsaToken, Vectors.ecToken, Vectors.okpToken, Vectors.octToken])
    func vectors(token: String) throws {
        let keys = try KeySet(Array(Self.all.utf8))
        let paths = ["sub", "admin", "level", "realm.roles", "/realm/roles/1", "nothing", "realm"]
        let rule = TokenRule.plain(
            TokenRule.Algorithm.allCases, issuer: "https://id.example", audiences: ["api"],
            claims: try paths.map { TokenRule.Claim(path: try JSONPath($0), field: "X-\($0)") })
        let verified = try TokenVerifier(rule).verify(token[...], with: keys, at: Self.now)
        #expect(verified.claims.map(\.field) == ["X-sub", "X-admin", "X-level", "X-realm.roles", "X-/realm/roles/1"])
        #expect(verified.claims.map(\.value) == ["u-1", "true", "3", "a,b", "b"])
        #expect(verified.end == 1_800_000_000)
        // Any other signature, header or claims, by one bit.
        for index in token.indices where token[index] != "." {
            var other = token
            other.replaceSubrange(index...index, with: token[index] == "A" ? "B" : "A")
            #expect(Self.error(other[...], rule, keys) != nil, "\(other)")
        }
    }

    @Test("The examples of RFC 7515, appendices A.1 and A.3, are taken in their time")
    func examples() throws {
        let keys = try KeySet(
            Array(
                #"""
                {"keys":[{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"},
                {"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}
                """#.utf8))
        let claims = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        let rule = TokenRule.plain(
            [.hs256, .es256], issuer: "joe",
            claims: [TokenRule.Claim(path: try JSONPath("/http:~1~1example.com~1is_root"), field: "X-Root")])
        for token in [
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\(claims).dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
            "eyJhbGciOiJFUzI1NiJ9.\(claims)"
                + ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
        ] {
            let verified = try TokenVerifier(rule).verify(token[...], with: keys, at: 1_300_819_379)
            #expect(verified.claims.map(\.value) == ["true"])
            #expect(Self.error(token[...], rule, keys, at: 1_300_819_380) == .expired)
        }
    }

    @Test(
        "A token does not choose how it is verified",
        arguments: [
            (Vectors.confusedToken, TokenError.unknownKey), (Vectors.unsignedToken, .unsupported),
            (Vectors.ps256Token, .unsupported), (Vectors.rs512Token, .unsupported),
        ])
    func confusion(token: String, error: TokenError) throws {
        let keys = try KeySet(Array(Self.all.utf8))
        #expect(Self.error(token[...], .plain(TokenRule.Algorithm.allCases), keys) == error)
        #expect(Self.error(Vectors.octToken[...], .plain([.rs256, .es256, .edDSA]), keys) == .unsupported)
    }

    @Test(
        "What a token says of its time, its maker and whom it is for is looked at",
        arguments: [
            (#""exp":1750000001"#, nil), (#""exp":1750000000.9"#, .expired), (#""exp":1750000000"#, .expired),
            (#""sub":"a""#, .malformed),
            (#""exp":"1900000000""#, .malformed), (#""exp":1e300"#, .malformed), (#""exp":null"#, .malformed),
            (#""exp":1.9e9"#, nil), (#""exp":1900000000,"nbf":1750000000"#, nil),
            (#""exp":1900000000,"nbf":1750000001"#, .notYet), (#""exp":1900000000,"iat":1750000001"#, .notYet),
            (#""exp":1900000000,"nbf":true"#, .malformed), (#""exp":1900000000,"exp":1900000001"#, .malformed),
        ] as [(String, TokenError?)])
    func times(claims: String, error: TokenError?) throws {
        let signer = Signer()
        #expect(Self.error(try signer.token("{\(claims)}"), .plain(), try signer.keys) == error)
    }

    @Test("Clocks may be apart by the leeway, and a token is remembered no longer")
    func leeway() throws {
        let signer = Signer()
        let rule = TokenRule.plain(leeway: .seconds(30))
        let old = try signer.token(#"{"exp":1749999971}"#)
        #expect(try TokenVerifier(rule).verify(old, with: signer.keys, at: Self.now).end == Self.now + 1)
        #expect(Self.error(old, rule, try signer.keys, at: Self.now + 1) == .expired)
        #expect(Self.error(try signer.token(#"{"exp":1900000000,"nbf":1750000030}"#), rule, try signer.keys) == nil)
    }

    @Test(
        "Issuer and audience have to be those of the route",
        arguments: [
            (#""iss":"a","aud":"web""#, nil), (#""iss":"a","aud":["x","api"]"#, nil),
            (#""iss":"b","aud":"web""#, .wrongIssuer),
            (#""aud":"web""#, .wrongIssuer), (#""iss":["a"],"aud":"web""#, .wrongIssuer),
            (#""iss":"a""#, .wrongAudience),
            (#""iss":"a","aud":[]"#, .wrongAudience), (#""iss":"a","aud":"WEB""#, .wrongAudience),
            (#""iss":"a","aud":[["web"]]"#, .wrongAudience),
        ] as [(String, TokenError?)])
    func parties(claims: String, error: TokenError?) throws {
        let signer = Signer()
        let rule = TokenRule.plain(issuer: "a", audiences: ["web", "api"])
        #expect(Self.error(try signer.token("{\(claims),\"exp\":1900000000}"), rule, try signer.keys) == error)
    }

    @Test(
        "Headers that cannot be followed are refused",
        arguments: [
            (#"{"alg":"ES256"}"#, nil), (#"{"alg":"ES256","kid":"other"}"#, .unknownKey),
            (#"{"alg":"ES256","kid":1}"#, .malformed),
            (#"{"alg":"ES256","alg":"none"}"#, .malformed), (#"{"alg":"es256","kid":"k"}"#, .unsupported),
            (#"{"kid":"k"}"#, .malformed), (#"{"alg":"ES256","kid":"k","crit":["b64"],"b64":false}"#, .unsupported),
            (#"[]"#, .malformed), ("", .malformed),
        ] as [(String, TokenError?)])
    func headers(header: String, error: TokenError?) throws {
        let signer = Signer()
        #expect(
            Self.error(try signer.token(header: header, #"{"exp":1900000000}"#), .plain(), try signer.keys) == error)
    }

    @Test("What is no token is refused before anything is verified")
    func shapes() throws {
        let signer = Signer()
        let good = try signer.token(#"{"exp":1900000000}"#)
        let parts = good.split(separator: ".").map(String.init)
        for text in [
            "", ".", "..", "...", parts[0], parts[0] + "." + parts[1], "\(good).", ".\(good)", "\(good).x", " \(good)",
            "\(good) ",
            "\(good)=", parts[0] + "=." + parts[1] + "." + parts[2], parts[0] + ".." + parts[2],
            parts[0] + "." + parts[1] + "." + parts[2] + String(repeating: "A", count: 16 << 10),
        ] {
            #expect(Self.error(text[...], .plain(), try signer.keys) == .malformed, "\(text)")
        }
        let unsigned = parts[0] + "." + parts[1] + "."
        #expect(Self.error(unsigned[...], .plain(), try signer.keys) == .badSignature)
        #expect(Self.error(good, .plain(), try Signer().keys) == .badSignature, "another one's key of that name")
        #expect(Self.error(good, .plain(), try Signer("other").keys) == .unknownKey)
        let nameless = try signer.token(header: #"{"alg":"ES256"}"#, #"{"exp":1900000000}"#)
        #expect(Self.error(nameless, .plain(), try Signer().keys) == .unknownKey, "its key may be new")
    }

    @Test(
        "A claim that would say something else as a field is not passed on",
        arguments: [
            (#""a\r\nX-Admin: 1""#, nil), (#"["a","b,c"]"#, nil), (#""\u0000""#, nil), (#"" root""#, nil),
            (#""root ""#, nil), (#"["a"," b"]"#, nil), (#""a b""#, ["a b"]),
            (#""a,b""#, ["a,b"]),
            (#"null"#, []), (#"{"x":1}"#, []),
            (#"[{"x":1}]"#, []), (#"[]"#, [""]), (#""Zoë""#, ["Zoë"]), ("[1,true]", ["1,true"]),
        ] as [(String, [String]?)])
    func claims(json: String, values: [String]?) throws {
        let signer = Signer()
        let rule = TokenRule.plain(claims: [TokenRule.Claim(path: try JSONPath("c"), field: "X-C")])
        let token = try signer.token(#"{"exp":1900000000,"c":\#(json)}"#)
        guard let values else { return #expect(Self.error(token, rule, try signer.keys) == .unfitClaim) }
        let verified = try TokenVerifier(rule).verify(token, with: signer.keys, at: Self.now)
        #expect(verified.claims.map(\.value) == values)
    }
}

@Suite("Remembered tokens")
struct RememberedTokensTests {
    @Test("A token is remembered until it ends, or until there are too many, or the keys change")
    func remembers() {
        var remembered = RememberedTokens(limit: 2)
        func end(_ token: Substring, at now: Int64 = 1) -> Int64? { remembered.find(token, at: now)?.end }
        remembered.remember(VerifiedToken(claims: [], end: 10), for: "a")
        #expect(end("a") == 10 && end("b") == nil && end("a", at: 10) == nil)
        remembered.remember(VerifiedToken(claims: [], end: 11), for: "b")
        remembered.remember(VerifiedToken(claims: [], end: 12), for: "c")
        #expect(end("a") == 10 && end("c") == 12, "a is in use, and so young again")
        remembered.remember(VerifiedToken(claims: [], end: 13), for: "d")
        #expect(end("b") == nil && end("d") == 13)
        remembered.forgetAll()
        #expect(end("a") == nil && end("d") == nil)
    }
}
