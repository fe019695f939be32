import Crypto
import Foundation
import Testing

extension RunningPrograms {
    /// Who may use a route with a signed token.
    @Suite(.serialized, .seat) struct TokenTests {
        /// Whoever makes tokens.
        private struct Issuer {
            let key = P256.Signing.PrivateKey()
            let id: String

            static func encoded(_ bytes: some DataProtocol) -> String {
                Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
                    .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
            }

            var set: String {
                let point = Array(key.publicKey.rawRepresentation)
                let (x, y) = (Self.encoded(point[..<32]), Self.encoded(point[32...]))
                return #"{"keys":[{"kty":"EC","crv":"P-256","kid":"\#(id)","x":"\#(x)","y":"\#(y)"}]}"#
            }

            func token(_ claims: String = #""sub":"ada","roles":["a","b"]"#, ends: Int = 600) throws -> String {
                let end = Int(Date().timeIntervalSince1970) + ends
                let header = Self.encoded(Array(#"{"alg":"ES256","kid":"\#(id)"}"#.utf8))
                let input = header + "." + Self.encoded(Array(#"{"exp":\#(end),"aud":"shop",\#(claims)}"#.utf8))
                return input + "." + Self.encoded(try key.signature(for: Array(input.utf8)).rawRepresentation)
            }
        }

        private static func start(_ upstream: TestUpstream, jwks: String, more: String = "") async throws -> Gateway {
            upstream.on("/a", .json("1"))
            return try await Gateway.start(
                """
                upstreams: { all: { servers: ["\(upstream.url)"] } }
                auth:
                  jwt: { jwks: \(jwks), audience: shop, claims: { sub: X-User, roles: X-Roles }\(more) }
                routes:
                  - { path: /a, fan_out: [{ name: a, upstream: all, path: /a, forward: { headers: [X-User, X-Roles] } }] }
                  - { path: /p/*, proxy: { upstream: all, strip_prefix: /p } }
                  - { path: /open, auth: none, respond: { status: 204 } }
                  - { path: /o/*, auth: none, proxy: { upstream: all, strip_prefix: /o } }
                """, accessLog: true)
        }

        private static func status(_ gateway: Gateway, _ token: String, _ path: String = "/a") async throws -> Int {
            try await gateway.get(path, headers: [("Authorization", "Bearer \(token)")]).status
        }

        @Test("without a token that is taken nobody is let in, and upstreams are told by the token alone who it is")
        func keys() async throws {
            let folder = try TemporaryFolder()
            let file = "\(folder.path)/jwks.json"
            let (one, two) = (Issuer(id: "one"), Issuer(id: "two"))
            try one.set.write(toFile: file, atomically: true, encoding: .utf8)
            let upstream = try await TestUpstream.start()
            let gateway = try await Self.start(upstream, jwks: "{ file: \"\(file)\" }")
            let missing = try await gateway.get("/a")
            #expect(missing.status == 401 && missing.header("content-type") == "application/problem+json")
            #expect(missing.header("www-authenticate") == "Bearer realm=\"gatewayd\"")
            let late = try await gateway.get("/a", headers: [("Authorization", "Bearer \(try one.token(ends: -60))")])
            #expect(
                late.header("www-authenticate")
                    == "Bearer realm=\"gatewayd\", error=\"invalid_token\", error_description=\"The token has expired.\""
            )
            #expect(try await Self.status(gateway, "no.to.ken") == 401)
            #expect(try await Self.status(gateway, two.token()) == 401)
            let twice = [("Authorization", "Bearer \(try one.token())"), ("Authorization", "Bearer x")]
            #expect(try await gateway.get("/a", headers: twice).status == 401)
            #expect(try await gateway.get("/open").status == 204)
            #expect(upstream.requests("/a").isEmpty, "nothing was called")

            let token = try one.token()
            for path in ["/a", "/p/a", "/a", "/p/a"] {
                let headers = [("Authorization", "bearer \(token)"), ("x-user", "root"), ("X-Roles", "admin")]
                #expect(try await gateway.get(path, headers: headers).status == 200)
            }
            #expect(upstream.requests("/a").count == 4)
            for request in upstream.requests("/a") {
                let told = request.headers.filter { ["x-user", "x-roles"].contains($0.0.lowercased()) }
                #expect(told.map(\.1).sorted() == ["a,b", "ada"])
                #expect(request.header("authorization") == nil)
            }
            // Without the claim the client's word counts no more than with it.
            let bare = [("Authorization", "Bearer \(try one.token(#""x":1"#))"), ("X-User", "root")]
            #expect(try await gateway.get("/p/a", headers: bare).status == 200)
            #expect(upstream.requests("/a").last?.header("x-user") == nil)

            // Nor where nobody is asked for a token, or under a name that WSGI takes for the same.
            let posing = [("X-User", "root"), ("x_user", "root"), ("X_ROLES", "admin"), ("X-Users", "1")]
            #expect(try await gateway.get("/o/a", headers: posing).status == 200)
            let told = upstream.requests("/a").last?.headers.map { $0.0.lowercased() } ?? []
            #expect(told.contains("x-users") && !told.contains { ["x-user", "x_user", "x_roles"].contains($0) })

            try two.set.write(toFile: file, atomically: true, encoding: .utf8)
            #expect(try await gateway.control("reload").exitCode == 0)
            #expect(try await Self.status(gateway, token) == 401)
            #expect(try await Self.status(gateway, two.token()) == 200)
            let log = gateway.standardOutput + gateway.events.map { "\($0)" }
            #expect(!log.contains { $0.contains(token) }, "no token is written anywhere")
        }

        @Test(
            "keys from an upstream are fetched, fetched again for a new one, and kept while they cannot be had",
            .tags(.slow))
        func rotation() async throws {
            let upstream = try await TestUpstream.start()
            let (one, two) = (Issuer(id: "one"), Issuer(id: "two"))
            upstream.on("/jwks", .json(one.set))
            let gateway = try await Self.start(
                upstream, jwks: "{ upstream: all, path: /jwks, refresh: 1s }", more: ", forward: true")
            #expect(try await Self.status(gateway, one.token(), "/p/a") == 200)
            #expect(upstream.requests("/a").last?.header("authorization") != nil, "it is forwarded here")

            upstream.on("/jwks", .json(two.set))
            try await waitUntil("the new key was known") { try await Self.status(gateway, two.token()) == 200 }
            #expect(try await Self.status(gateway, one.token()) == 401, "the old one vouches for nothing any more")

            for answer in [Behaviour.status(500, ""), .json("{}")] {
                let seen = upstream.requests("/jwks").count
                upstream.on("/jwks", answer)
                try await waitUntil("it was asked for again") { upstream.requests("/jwks").count > seen + 1 }
                #expect(try await Self.status(gateway, two.token()) == 200, "the last good keys stay")
            }
            try await waitUntil("the log told of it") {
                gateway.events.contains { $0.event == "jwks_fetch_failed" }
            }
        }

        @Test("while there have been no keys a request with a token is answered 503, and later it is taken")
        func unavailable() async throws {
            let upstream = try await TestUpstream.start()
            let one = Issuer(id: "one")
            upstream.on("/jwks", .status(503, ""))
            let gateway = try await Self.start(upstream, jwks: "{ url: \"\(upstream.url)/jwks\", refresh: 1s }")
            #expect(try await gateway.get("/a").status == 401)
            let refused = try await gateway.get("/a", headers: [("Authorization", "Bearer \(try one.token())")])
            #expect(refused.status == 503 && refused.header("retry-after") == "1")
            #expect(upstream.requests("/a").isEmpty)
            upstream.on("/jwks", .json(one.set))
            try await waitUntil("it was taken") { try await Self.status(gateway, one.token()) == 200 }
        }

        @Test("for a client that goes away while keys are on their way nothing is called")
        func goneMeanwhile() async throws {
            let upstream = try await TestUpstream.start()
            let one = Issuer(id: "one")
            upstream.on("/jwks", .hold(then: .json(one.set)))
            let gateway = try await Self.start(upstream, jwks: "{ upstream: all, path: /jwks }")
            try await waitUntil("the keys were asked for") { upstream.inFlight("/jwks") == 1 }
            let client = try await gateway.connect()
            try await client.request("GET", "/a", headers: [("Authorization", "Bearer \(try one.token())")])
            try await waitUntil("it waits") { try await gateway.stats().totals.requests.in_flight == 1 }
            client.disconnect()
            try await waitUntil("it is gone") { try await gateway.stats().totals.connections.active == 0 }
            upstream.release("/jwks")
            try await waitUntil("it was logged") { gateway.standardOutput.contains { $0.contains("\"status\":499") } }
            #expect(try await Self.status(gateway, one.token()) == 200)
            #expect(upstream.requests("/a").count == 1, "which is the other one's")
        }

        @Test(
            "a token of a key that is not known has the keys asked for at once, and no more often than may be",
            .tags(.slow))
        func unknownKey() async throws {
            let upstream = try await TestUpstream.start()
            let (one, two) = (Issuer(id: "one"), Issuer(id: "two"))
            upstream.on("/jwks", .json(one.set))
            let gateway = try await Self.start(upstream, jwks: "{ upstream: all, path: /jwks, refresh: 1h }")
            #expect(try await Self.status(gateway, one.token()) == 200)
            upstream.on("/jwks", .json(two.set))
            try await waitUntil("the key was asked for") { try await Self.status(gateway, two.token()) == 200 }
            let asked = upstream.requests("/jwks").count
            for _ in 0..<20 { #expect(try await Self.status(gateway, Issuer(id: "none").token()) == 401) }
            #expect(upstream.requests("/jwks").count <= asked + 1)
        }
    }
}
