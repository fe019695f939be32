import Access
import Base
import HTTP
import TestSupport
import Testing

/// A header of these fields.
private func fields(_ all: [(String, String)]) -> HeaderFields {
    var fields = HeaderFields()
    for (name, value) in all { fields.append(name, value) }
    return fields
}

@Suite struct AddressRulesTests {
    private static func group(_ texts: String...) -> AddressGroup {
        AddressGroup(blocks: texts.compactMap { AddressBlock($0) }, includesUnix: texts.contains("unix"))
    }

    @Test(
        "deny goes before allow, and what allow does not name is refused",
        arguments: [
            ("10.1.2.3", true), ("10.0.0.5", false), ("11.0.0.1", false), ("::ffff:10.1.2.3", true),
            ("::ffff:10.0.0.5", false), ("2001:db8::1", true), ("2001:db9::1", false), ("unix", false), ("", false),
        ])
    func both(client: String, isAdmitted: Bool) {
        let rules = AddressRules(
            allow: Self.group("10.0.0.0/8", "2001:db8::/32"), deny: Self.group("10.0.0.5"))
        #expect(rules.admit(client) == isAdmitted)
    }

    @Test("with deny alone all others are answered, and unix is a client like any other")
    func denyAlone() {
        let rules = AddressRules(deny: Self.group("10.0.0.5", "unix"))
        #expect(rules.admit("10.0.0.6") && !rules.admit("10.0.0.5") && !rules.admit("unix"))
        #expect(AddressRules(allow: Self.group("unix")).admit("unix"))
        #expect(!AddressRules(allow: Self.group("unix")).admit("127.0.0.1"))
        #expect(!AddressRules(allow: Self.group("unix")).admit("fe80::1%eth0"))
    }
}

@Suite struct APIKeysTests {
    /// The digest of "abc" is the example of FIPS 180-4.
    private static let file = """
        # who has keys
        mobile ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad   # "abc"

        web\tE3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855
        """

    private static func judge(_ all: [(String, String)], header: String = "X-Api-Key") throws -> APIKeys.Verdict {
        APIKeys(try APIKeys.read(file), header: header).judge(fields(all))
    }

    @Test("a key is known by its digest and has the name of its line")
    func known() throws {
        #expect(try Self.judge([("x-api-key", "abc")]) == .known(name: "mobile"))
        #expect(try Self.judge([("X-API-KEY", "abd")]) == .unknown)
        #expect(try Self.judge([("X-Api-Key", "abc"), ("x-api-key", "abc")]) == .unknown)
        #expect(try Self.judge([("Authorization", "abc")]) == .missing)
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(try Self.judge([("x-api-key", digest)]) == .unknown, "what the file has is no key")
    }

    @Test("in Authorization it is a bearer token")
    func bearer() throws {
        func judge(_ value: String) throws -> APIKeys.Verdict {
            try Self.judge([("authorization", value)], header: "Authorization")
        }
        #expect(try judge("Bearer abc") == .known(name: "mobile"))
        #expect(try judge("bearer abc") == .known(name: "mobile"))
        for value in ["abc", "Basic abc", "Bearer", "Bearer  abc", ""] {
            #expect(try judge(value) == .unknown, "\(value)")
        }
    }

    @Test("a challenge says where the key goes, and what was wrong with a token")
    func challenges() {
        let keys = APIKeys([], header: "X-Api-Key")
        #expect(keys.challenge(for: .missing) == "ApiKey realm=\"gatewayd\", header=\"X-Api-Key\"")
        let bearer = APIKeys([], header: "Authorization")
        #expect(bearer.challenge(for: .missing) == "Bearer realm=\"gatewayd\"")
        #expect(bearer.challenge(for: .unknown) == "Bearer realm=\"gatewayd\", error=\"invalid_token\"")
    }

    @Test("the key goes no further than the gateway")
    func removed() {
        let rest = APIKeys([], header: "X-Api-Key").removed(from: fields([("a", "1"), ("x-API-key", "k"), ("b", "2")]))
        #expect(rest == fields([("a", "1"), ("b", "2")]))
    }

    @Test(
        "a file with a mistake is refused, at its line and without showing what is there",
        arguments: [
            ("a", 1), ("# x\na 12", 2), ("a ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ag", 1),
            ("a b ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 1),
            ("ä ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 1),
            (file + "\nagain ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 5),
        ])
    func mistakes(text: String, line: Int) {
        let error = #expect(throws: APIKeys.FileError.self) { try APIKeys.read(text) }
        #expect(error?.line == line)
        #expect(error?.message.contains("ba78") == false)
    }
}

@Suite struct CORSPolicyTests {
    private static func text(_ block: HeaderBlock?) -> String? {
        block.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test("an origin of the list is told that it may read, another one nothing, and caches that it matters")
    func listed() {
        var policy = CORSPolicy(origins: ["https://a.example"])
        policy.allowsCredentials = true
        policy.exposed = ["X-Request-Id", "X-Total"]
        #expect(
            Self.text(policy.fields(for: "https://a.example")) == """
                Vary: Origin\r\nAccess-Control-Allow-Origin: https://a.example\r\n\
                Access-Control-Allow-Credentials: true\r\nAccess-Control-Expose-Headers: X-Request-Id, X-Total\r\n
                """)
        for origin in ["https://b.example", "null", "https://a.example.evil", "HTTPS://a.example", nil] {
            #expect(Self.text(policy.fields(for: origin)) == "Vary: Origin\r\n")
        }
    }

    @Test("where all may, the answer is the same for all")
    func all() {
        #expect(Self.text(CORSPolicy(origins: nil).fields(for: "https://x")) == "Access-Control-Allow-Origin: *\r\n")
    }

    @Test("a preflight of a listed origin is told what it may send and for how long, another one nothing")
    func preflight() {
        var policy = CORSPolicy(origins: ["https://a.example"])
        policy.headers = nil
        policy.maxAge = .seconds(600)
        func preflight(_ origin: String, _ requested: String?) -> String {
            let response = policy.preflight(for: origin, requested: requested, routeMethods: ["GET", "PUT"])
            #expect(response.status == 204 && response.body.isEmpty)
            return Self.text(response.fields) ?? ""
        }
        let vary = "Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers\r\n"
        #expect(
            preflight("https://a.example", "x-a\r\nSet-Cookie: b") == vary + """
                Access-Control-Allow-Origin: https://a.example\r\nAccess-Control-Allow-Methods: GET, PUT\r\n\
                Access-Control-Allow-Headers: x-a  Set-Cookie: b\r\nAccess-Control-Max-Age: 600\r\n
                """)
        #expect(preflight("https://b.example", "x-a") == vary)
        policy.methods = ["GET"]
        policy.headers = ["X-B"]
        #expect(
            preflight("https://a.example", "x-a").contains(
                "Allow-Methods: GET\r\nAccess-Control-Allow-Headers: X-B\r\n"))
    }

    @Test(
        "an origin is written as browsers do",
        arguments: [
            ("https://a.example", true), ("http://localhost:3000", true), ("https://[::1]:8443", true),
            ("https://a.example/", false), ("https://A.example", false), ("https://a.example:443", false),
            ("a.example", false), ("null", false), ("*", false), ("https://*.a.example", false), ("https://u@a", false),
        ])
    func origins(text: String, isOrigin: Bool) {
        #expect(CORSPolicy.isOrigin(text) == isOrigin)
    }

    @Test("what an upstream says of origins is dropped, and nothing else")
    func dropped() {
        let given = fields([("Access-Control-Allow-Origin", "*"), ("Vary", "Origin"), ("access-control-max-age", "1")])
        #expect(given.withoutCORS == fields([("Vary", "Origin")]))
    }
}
