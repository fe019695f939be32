import Access
import Base
import Crypto
import CryptoExtras
import FoundationEssentials
import JSON

/// A key that tokens are verified with; which algorithm that is, the key says, and never the token (RFC 8725 section 3.1).
struct VerificationKey: Sendable {
    /// What tokens name it by (RFC 7517 section 4.5); nil where it has no name.
    let id: String?
    let algorithm: TokenRule.Algorithm
    private let material: Material

    private enum Material: Sendable {
        case rsa(_RSA.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
        case secret(SymmetricKey)
    }

    /// Bits of an RSA modulus: less is not safe (RFC 7518 section 3.3), and more would only take time.
    private static let rsaBits = 2_048...8_192
    /// Bytes of a secret, at least (RFC 7518 section 3.2).
    private static let secretBytes = 32

    /// Reads a key (RFC 7517 section 4); nil for one that is not for signatures, or of a kind that is not used here.
    init?(_ key: JSONObject) throws(KeySetError) {
        if let use = key.string("use"), use != "sig" { return nil }
        if let operations = key.elements("key_ops"), !operations.contains(where: { JSONObject.string($0) == "verify" })
        {
            return nil
        }
        id = key.string("kid")
        guard let (algorithm, material) = try Self.read(key) else { return nil }
        if let named = key.string("alg"), named != algorithm.rawValue { return nil }
        self.algorithm = algorithm
        self.material = material
    }

    private static func read(_ key: JSONObject) throws(KeySetError) -> (TokenRule.Algorithm, Material)? {
        func bytes(_ name: String) throws(KeySetError) -> [UInt8] {
            guard let text = key.string(name), let bytes = Base64URL.decode(text.utf8), !bytes.isEmpty else {
                throw KeySetError(message: "a key's '\(name)' is no text in base64url")
            }
            return bytes
        }
        switch (key.string("kty"), key.string("crv")) {
        case ("RSA", _):
            let (modulus, exponent) = (try bytes("n"), try bytes("e"))
            guard let rsa = try? _RSA.Signing.PublicKey(n: modulus, e: exponent), rsaBits.contains(rsa.keySizeInBits)
            else { throw KeySetError(message: "an RSA key has not 2048 to 8192 bits, or is none") }
            return (.rs256, .rsa(rsa))
        case ("EC", "P-256"):
            let point = try bytes("x") + bytes("y")
            guard point.count == 64, let p256 = try? P256.Signing.PublicKey(rawRepresentation: point) else {
                throw KeySetError(message: "a key's 'x' and 'y' are no point of P-256")
            }
            return (.es256, .p256(p256))
        case ("OKP", "Ed25519"):
            guard let ed25519 = try? Curve25519.Signing.PublicKey(rawRepresentation: try bytes("x")) else {
                throw KeySetError(message: "a key's 'x' is no key of Ed25519")
            }
            return (.edDSA, .ed25519(ed25519))
        case ("oct", _):
            let secret = try bytes("k")
            guard secret.count >= secretBytes else {
                throw KeySetError(message: "a key for HS256 has less than \(secretBytes) bytes")
            }
            return (.hs256, .secret(SymmetricKey(data: secret)))
        default: return nil
        }
    }

    /// Whether it made this signature.
    func verifies(_ signature: [UInt8], of input: [UInt8]) -> Bool {
        switch material {
        case .rsa(let key):
            // The padding that RS256 is defined with (RFC 7518 section 3.3).
            key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature), for: Crypto.SHA256.hash(data: input),
                padding: .insecurePKCS1v1_5)
        case .p256(let key):
            if let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) {
                key.isValidSignature(signature, for: input)
            } else {
                false
            }
        case .ed25519(let key): key.isValidSignature(signature, for: input)
        case .secret(let key):
            HMAC<Crypto.SHA256>.isValidAuthenticationCode(signature, authenticating: input, using: key)
        }
    }
}
