import Access
import Configuration
import FanOut
import JSON
import Policy
import Testing

/// Who may use routes: `allow`, `deny`, `auth` and `cors`.
@Suite struct AccessTests {
    private static let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    private static let secret = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"

    private static func load(_ text: String) throws(InvalidConfiguration) -> Configuration {
        let files = SecretFiles { path in
            switch path {
            case "/keys": .success(Array("mobile \(digest)\n".utf8))
            case "/wrong": .success(Array("mobile \(digest)\nweb s3cret\n".utf8))
            case "/jwks": .success(Array(#"{"keys":[{"kty":"oct","kid":"k","k":"\#(secret)"}]}"#.utf8))
            case "/mixed":
                .success(Array(#"{"keys":[{"kty":"oct","k":"\#(secret)"},{"kty":"oct","k":"c2hvcnQ"}]}"#.utf8))
            case "/weak": .success(Array(#"{"keys":[{"kty":"oct","k":"c2hvcnQ"}]}"#.utf8))
            case "/large": .success(Array(repeating: 0x23, count: SecretFiles.listLimit + 1))
            default: .failure(SecretFiles.Failure(message: "read \(path): No such file or directory"))
            }
        }
        return try Configuration.load(text.utf8, path: "f", environment: [:], files: files).configuration
    }

    private static func failures(_ text: String) -> [String] {
        do throws(InvalidConfiguration) {
            _ = try load(text)
            return []
        } catch {
            return error.errors.map(\.description)
        }
    }

    private static func route(_ keys: String) -> String { "routes: [{ path: /, respond: {}, \(keys) }]" }

    @Test("a route has the access of the file where it has none of its own, key by key")
    func inherits() throws {
        let configuration = try Self.load(
            """
            allow: [10.0.0.0/8, unix]
            deny: [10.0.0.5]
            auth: { api_keys: { file: /keys } }
            cors: { origins: https://a.example }
            routes:
              - { path: /a, respond: {} }
              - { path: /b, respond: {}, auth: none, cors: none, allow: all }
              - { path: /c, respond: {}, deny: ["::1"], auth: { api_keys: { file: /keys, header: Authorization } } }
            """)
        let (a, c) = (try #require(configuration.routes[0].access), try #require(configuration.routes[2].access))
        #expect(a.addresses?.text == "allow 10.0.0.0/8 unix, deny 10.0.0.5")
        #expect(a.keys?.header == "X-Api-Key" && a.keys?.keys.map(\.name) == ["mobile"])
        #expect(a.cors?.origins == ["https://a.example"])
        #expect(configuration.routes[1].access == nil)
        #expect(c.addresses?.text == "deny ::1" && c.keys?.header == "Authorization" && c.cors == a.cors)
        #expect(
            configuration.summary.contains(
                "GET /a (timeout 2s, allow 10.0.0.0/8 unix, deny 10.0.0.5, one of 1 API keys in X-Api-Key, "
                    + "cors for https://a.example)"), "\(configuration.summary)")
    }

    @Test("what cors says is what is written")
    func cors() throws {
        let policy = try Self.load(
            Self.route(
                "cors: { origins: ['http://b:1'], methods: [GET, PUT], headers: X-A, expose: [X-B], max_age: 10m, credentials: true }"
            )
        ).routes[0].access?.cors
        var expected = CORSPolicy(origins: ["http://b:1"])
        expected.methods = ["GET", "PUT"]
        expected.headers = ["X-A"]
        expected.exposed = ["X-B"]
        expected.maxAge = .seconds(600)
        expected.allowsCredentials = true
        #expect(policy == expected)
        let open = try Self.load(Self.route("cors: { origins: '*', headers: '*' }")).routes[0].access?.cors
        #expect(open?.origins == nil && open?.headers == nil)
    }

    @Test("what a token has to be is what is written, and what its keys are for where nothing is")
    func tokens() throws {
        let text = """
            upstreams: { id: { servers: [http://127.0.0.1:1] } }
            auth: { jwt: { jwks: { file: /jwks } } }
            routes:
              - { path: /a, respond: {} }
              - { path: /b, respond: {}, auth: none }
              - path: /c
                respond: {}
                auth:
                  jwt:
                    jwks: { upstream: id, path: /keys, refresh: 1m }
                    issuer: me
                    audience: you
                    algorithms: [EdDSA, HS256]
                    header: X-Token
                    leeway: 0s
                    claims: { sub: X-User, a.b: X-B }
                    forward: true
              - { path: /d, respond: {}, auth: { jwt: { jwks: { url: "http://127.0.0.1:2/k?x=1" } } } }
            """
        let configuration = try Self.load(text)
        let rules = configuration.routes.map { $0.access?.tokens }
        #expect(rules[0]?.demands.algorithms == [.hs256] && rules[0]?.header == "Authorization" && rules[1] == nil)
        #expect(
            rules[0]?.refresh == .seconds(300) && rules[0]?.demands.leeway == .seconds(30)
                && rules[0]?.forwards == false)
        let claims = [
            TokenRule.Claim(path: try JSONPath("sub"), field: "X-User"),
            TokenRule.Claim(path: try JSONPath("a.b"), field: "X-B"),
        ]
        #expect(
            rules[2]
                == TokenRule(
                    .upstream(0, target: "/keys"), refresh: .seconds(60), header: "X-Token",
                    demands: TokenRule.Demands(
                        algorithms: [.edDSA, .hs256], issuer: "me", audiences: ["you"], leeway: .zero),
                    claims: claims, forwards: true))
        #expect(rules[3]?.source == .upstream(1, target: "/k?x=1"))
        #expect(rules[3]?.demands.algorithms == [.rs256, .es256, .edDSA], "a secret from afar has to be asked for")
        let reserved = ReservedFields(["X-User", "X-B"])
        #expect(configuration.routes.allSatisfy { $0.access?.reserved == reserved }, "also where no token is wanted")
        #expect(configuration.upstreams.map(\.name) == ["id", "http://127.0.0.1:2"])
        #expect(configuration.summary.contains("a token (EdDSA HS256) in X-Token of me"), "\(configuration.summary)")
        #expect(!configuration.summary.contains(Self.secret))
    }

    @Test("a rate limit may be that of a key, where there are keys")
    func rates() throws {
        let limit = "rate_limit: { rate: 1/s, key: api_key }"
        #expect(Self.failures(Self.route("auth: { api_keys: { file: /keys } }, \(limit)")) == [])
        #expect(Self.failures(Self.route(limit)).first?.contains("the key 'api_key' wants 'api_keys'") == true)
    }

    @Test(
        "mistakes are found at their places",
        arguments: [
            ("allow: [10.0.0.0/33]", "'allow' wants an address such as 10.0.0.1"),
            ("deny: []", "'deny' wants at least one of its addresses"),
            ("auth: {}", "'auth' wants 'api_keys' or 'jwt'"),
            ("auth: { api_keys: { file: /keys }, jwt: { jwks: { file: /jwks } } }", "'auth' wants either"),
            ("auth: { jwt: {} }", "'jwks' is missing in 'jwt'"),
            ("auth: { jwt: { jwks: {} } }", "'jwks' without a 'file' wants 'upstream' and 'path', or 'url'"),
            ("auth: { jwt: { jwks: { file: /none } } }", "read /none: No such file or directory"),
            ("auth: { jwt: { jwks: { file: /keys } } }", "/keys: it is no JWK set"),
            ("auth: { jwt: { jwks: { file: /mixed } } }", "/mixed: a key for HS256 has less than 32 bytes"),
            ("auth: { jwt: { jwks: { file: /weak } } }", "/weak: a key for HS256 has less than 32 bytes"),
            ("auth: { jwt: { jwks: { file: /jwks, url: 'http://a/' } } }", "'url' has no meaning beside 'file'"),
            ("auth: { jwt: { jwks: { upstream: idp, path: / } } }", "unknown upstream 'idp'"),
            ("auth: { jwt: { jwks: { url: 'ftp://a/' } } }", "'url' wants a URL such as"),
            ("auth: { jwt: { jwks: { file: /jwks }, algorithms: [RS512] } }", "'algorithms' wants"),
            ("auth: { jwt: { jwks: { file: /jwks }, algorithms: RS256 } }", "no key of the file is for one of these"),
            ("auth: { jwt: { jwks: { file: /jwks }, leeway: 1500ms } }", "'leeway' wants a duration of whole seconds"),
            ("auth: { jwt: { jwks: { file: /jwks }, claims: { sub: Host } } }", "the field 'Host' is gatewayd's own"),
            ("auth: { jwt: { jwks: { file: /jwks }, claims: { a..b: X } } }", "a claim: 'a..b' has an empty name"),
            ("auth: { jwt: { jwks: { file: /jwks }, header: Host } }", "the field 'Host' is gatewayd's own"),
            ("auth: { api_key: { file: /keys } }", "unknown key 'api_key' in 'auth'; did you mean 'api_keys'?"),
            ("auth: { api_keys: {} }", "'file' is missing in 'api_keys'"),
            ("auth: { api_keys: { file: keys } }", "'file' wants the absolute path of a file"),
            ("auth: { api_keys: { file: /none } }", "read /none: No such file or directory"),
            ("auth: { api_keys: { file: /wrong } }", "/wrong, line 2: a line wants a name and the SHA-256 digest"),
            ("auth: { api_keys: { file: /large } }", "the file /large has more than 2 MiB"),
            ("auth: { api_keys: { file: /keys, header: Host } }", "the field 'Host' is gatewayd's own to set"),
            ("cors: {}", "'origins' is missing in 'cors'"),
            ("cors: { origins: [a.example] }", "'origins' wants an origin such as"),
            ("cors: { origins: '*', credentials: true }", "'origins' cannot be \"*\" beside 'credentials'"),
            ("cors: { origins: 'http://a', headers: '*', credentials: true }", "'headers' cannot be \"*\""),
            ("cors: { origins: 'http://a', methods: [GTE] }", "unknown method 'GTE'"),
        ])
    func mistakes(keys: String, message: String) {
        let found = Self.failures(Self.route(keys))
        #expect(found.count == 1 && found[0].contains(message), "\(found)")
        #expect(found.allSatisfy { $0.hasPrefix("f:1:") && !$0.contains("s3cret") })
    }
}
