import Access
import Testing

@testable import Tokens

@Suite("JWK sets")
struct KeySetTests {
    private static func read(_ keys: String...) throws(KeySetError) -> KeySet {
        try KeySet(Array(#"{"keys":[\#(keys.joined(separator: ","))]}"#.utf8))
    }

    private static func refusal(_ text: String) -> String? {
        do throws(KeySetError) {
            _ = try KeySet(Array(text.utf8))
            return nil
        } catch {
            return error.message
        }
    }

    @Test("Keys of all kinds that another implementation wrote are read, each for its one algorithm")
    func kinds() throws {
        let set = try Self.read(Vectors.rsaKey, Vectors.ecKey, Vectors.okpKey, Vectors.octKey)
        #expect(set.keys.map(\.algorithm) == [.rs256, .es256, .edDSA, .hs256])
        #expect(set.keys.map(\.id) == ["rsa", "ec", "okp", "oct"])
        #expect(set.algorithms.count == 4)
    }

    @Test(
        "Keys for other uses and of other kinds are passed over",
        arguments: [
            #"{"kty":"RSA","use":"enc","n":"AQAB","e":"AQAB"}"#, #"{"kty":"EC","crv":"P-521","x":"AQ","y":"AQ"}"#,
            #"{"kty":"oct","key_ops":["sign"],"k":"AQAB"}"#, #"{"kty":"OKP","crv":"X25519","x":"AQAB"}"#,
            #"{"kty":"new"}"#, "{}", Vectors.rsaKey.replacing("\"kty\"", with: "\"alg\":\"RS512\",\"kty\""),
        ])
    func passedOver(key: String) throws {
        #expect(try Self.read(key, Vectors.ecKey).keys.map(\.id) == ["ec"])
        #expect(Self.refusal(#"{"keys":[\#(key)]}"#) == "it has no key for RS256, ES256, EdDSA or HS256")
    }

    @Test(
        "What is no set, or has a key that cannot be right, is refused and shows nothing of a key",
        arguments: [
            ("", "no JWK set"), ("[]", "no JWK set"), (#"{"keys":{}}"#, "no JWK set"),
            (#"{"keys":[],"keys":[]}"#, "no JWK set"),
            (#"{"keys":[1]}"#, "no object"), (#"{"keys":[{"kty":"oct","kty":"RSA"}]}"#, "twice"),
            (#"{"keys":[]}"#, "no key for"), (#"{"keys":[\#(Vectors.weakKey)]}"#, "2048"),
            (#"{"keys":[{"kty":"oct","k":"c2hvcnQ"}]}"#, "less than 32"),
            (#"{"keys":[{"kty":"oct","k":"a+b="}]}"#, "'k'"),
            (#"{"keys":[{"kty":"RSA","e":"AQAB"}]}"#, "'n'"),
            (#"{"keys":[{"kty":"EC","crv":"P-256","x":"AQAB","y":"AQAB"}]}"#, "no point"),
            (#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AQAB"}]}"#, "Ed25519"),
            (#"{"keys":[\#(Array(repeating: "{}", count: 101).joined(separator: ","))]}"#, "at most 100"),
        ])
    func refused(text: String, why: String) throws {
        let message = try #require(Self.refusal(text))
        #expect(message.contains(why), "\(message)")
        #expect(!message.contains("c2hvcnQ"))
    }

    @Test(
        "A key that cannot be right keeps no other one from being known",
        arguments: [
            (Vectors.weakKey, "2048"), ("1", "no object"), (#"{"kty":"OKP","crv":"Ed25519","x":"AQAB"}"#, "Ed25519"),
        ])
    func flawed(key: String, why: String) throws {
        let set = try Self.read(key, Vectors.ecKey)
        #expect(set.keys.map(\.id) == ["ec"] && set.flaw?.message.contains(why) == true)
        #expect(try Self.read(Vectors.ecKey).flaw == nil)
    }
}
