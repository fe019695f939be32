import Foundation
import Testing

extension RunningPrograms {
    /// Who a server and who the gateway says to be: client certificates, names, pins.
    @Suite(
        .serialized, .seat,
        .enabled(if: TLSUpstream.isPossible, "nginx and openssl make the servers, and one of them is not installed"))
    struct TLSIdentityTests {
        /// A gateway with a page `/page` that calls each upstream's `/seen`, in the order of the names.
        private static func start(
            _ engine: TestEngine, _ upstreams: [(name: String, url: String, tls: String)], times: Int = 1
        ) async throws -> Gateway {
            try await Gateway.start(text(engine, upstreams, times: times))
        }

        private static func text(
            _ engine: TestEngine, _ upstreams: [(name: String, url: String, tls: String)], times: Int
        ) -> String {
            let lines = upstreams.map {
                "  \($0.name): { servers: [\"\($0.url)\"], engine: \(engine.rawValue), tls: { \($0.tls) } }"
            }
            let calls = (0..<times).flatMap { time in
                upstreams.map { "      - { name: \($0.name)\(time), upstream: \($0.name), path: /seen, as: text }" }
            }
            return """
                upstreams:
                \(lines.joined(separator: "\n"))
                routes:
                  - path: /page
                    timeout: 20s
                    merge: envelope
                    fan_out:
                \(calls.joined(separator: "\n"))
                """
        }

        /// By call: what it brought, or the word of its failure.
        private static func page(_ gateway: Gateway) async throws -> [String: String] {
            let reply = try await gateway.get("/page")
            let results = try #require(reply.json["results"] as? [String: [String: Any]], "\(reply.body)")
            return results.mapValues { $0["body"] as? String ?? $0["error"] as? String ?? "?" }
        }

        /// By upstream: the reasons that the log has, as soon as it has so many; it is written behind the answers.
        private static func reasons(_ gateway: Gateway, _ count: Int) async throws -> [String: [String]] {
            try await waitUntil("the log has \(count) reasons") { reasons(gateway).values.joined().count >= count }
            return reasons(gateway)
        }

        private static func reasons(_ gateway: Gateway) -> [String: [String]] {
            let events = gateway.program.errors.lines.compactMap {
                try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
            }.filter { $0["event"] as? String == "tls_failed" }
            return Dictionary(grouping: events) { $0["upstream"] as? String ?? "" }
                .mapValues { $0.map { $0["reason"] as? String ?? "" } }
        }

        @Test(
            "a server sees the certificate of the upstream, and no connection serves another one's calls",
            arguments: TestEngine.allCases)
        func clients(engine: TestEngine) async throws {
            let servers = try await TLSUpstream.start()
            let url = servers.url(.good)
            let ca = "ca: \"\(servers.authority)\""
            func client(_ name: String) -> String {
                "\(ca), client_certificate: \"\(servers.file("\(name).pem"))\", client_key: \"\(servers.file("key.pem"))\""
            }
            let gateway = try await Self.start(
                engine, [("alice", url, client("alice")), ("bob", url, client("bob")), ("nobody", url, ca)], times: 3)
            let host = url.dropFirst("https://".count)
            for _ in 0..<4 {
                let seen = try await Self.page(gateway)
                #expect(seen.count == 9)
                for (name, body) in seen {
                    let subject = name.hasPrefix("nobody") ? "" : "CN=\(name.dropLast())"
                    // Addresses are asked for by nobody's name (RFC 6066 section 3).
                    #expect(body == "\" \(host) \(subject)\"", "\(name)")
                }
            }
        }

        @Test(
            "server_name is what the server is asked for and has to be, and Host stays as it was",
            arguments: TestEngine.allCases)
        func serverName(engine: TestEngine) async throws {
            let servers = try await TLSUpstream.start()
            let url = servers.url(.otherName)
            let ca = "ca: \"\(servers.authority)\""
            let gateway = try await Self.start(
                engine,
                [
                    ("named", url, "\(ca), server_name: other.test"), ("unnamed", url, ca),
                    ("wrong", servers.url(.good), "\(ca), server_name: other.test"),
                ], times: 2)
            for _ in 0..<2 {
                let seen = try await Self.page(gateway)
                for time in 0..<2 {
                    #expect(seen["named\(time)"] == "\"other.test \(url.dropFirst("https://".count)) \"")
                    #expect(seen["unnamed\(time)"] == "tls" && seen["wrong\(time)"] == "tls")
                }
            }
            #expect(try await Self.reasons(gateway, 2) == ["unnamed": ["other_name"], "wrong": ["other_name"]])
        }

        @Test("one of the pins has to be that of the server's key", arguments: TestEngine.allCases)
        func pins(engine: TestEngine) async throws {
            let servers = try await TLSUpstream.start()
            let url = servers.url(.good)
            let (ca, pin) = ("ca: \"\(servers.authority)\"", try servers.pin())
            let other = "sha256//\(String(repeating: "A", count: 43))="
            let gateway = try await Self.start(
                engine,
                [
                    ("right", url, "\(ca), pins: \"\(pin)\""), ("both", url, "\(ca), pins: [\"\(other)\", \"\(pin)\"]"),
                    ("wrong", url, "\(ca), pins: [\"\(other)\"]"),
                    // A pin is not trust: the authority counts as well.
                    ("unknown", servers.url(.unknownAuthority), "\(ca), pins: \"\(pin)\""),
                ])
            for _ in 0..<2 {
                let seen = try await Self.page(gateway)
                #expect(seen.filter { $0.value == "tls" }.keys.sorted() == ["unknown0", "wrong0"], "\(seen)")
            }
            #expect(try await Self.reasons(gateway, 2) == ["wrong": ["pin"], "unknown": ["unknown_authority"]])
        }

        @Test(
            "a server that refuses our certificate, or wants one, fails calls as tls, in either version of TLS",
            arguments: TestEngine.allCases)
        func refused(engine: TestEngine) async throws {
            let servers = try await TLSUpstream.start()
            let (new, old) = (try await servers.startStrict("-tls1_3"), try await servers.startStrict("-tls1_2"))
            defer { for one in [new, old] { one.program.stop() } }
            let ca = "ca: \"\(servers.authority)\""
            func client(_ name: String, key: String = "key.pem") -> String {
                "\(ca), client_certificate: \"\(servers.file("\(name).pem"))\", client_key: \"\(servers.file(key))\""
            }
            let gateway = try await Self.start(
                engine,
                [
                    ("good_new", new.url, client("alice")), ("good_old", old.url, client("alice")),
                    ("none_new", new.url, ca), ("none_old", old.url, ca),
                    ("late_new", new.url, client("late")), ("late_old", old.url, client("late")),
                    ("expired", servers.url(.expired), ca),
                    ("key", servers.url(.good), client("alice", key: "ca.key")),
                ])
            let seen = try await Self.page(gateway)
            for (name, body) in seen {
                if name.hasPrefix("good") {
                    #expect(body.contains("s_server"), "\(name)")
                } else {
                    #expect(body == "tls", "\(name)")
                }
            }
            #expect(
                try await Self.reasons(gateway, 6) == [
                    "none_new": ["refused"], "none_old": ["refused"], "late_new": ["refused"], "late_old": ["refused"],
                    "expired": ["expired"], "key": ["client_certificate"],
                ])
            #expect(!gateway.program.errors.lines.contains { $0.contains("PRIVATE KEY") })
        }

        @Test("a reload takes what is in the files now, and one that finds them spoilt changes nothing")
        func reload() async throws {
            let servers = try await TLSUpstream.start()
            let folder = try TemporaryFolder()
            func put(_ name: String, as file: String) throws {
                let bytes = try Data(contentsOf: URL(fileURLWithPath: servers.file(name)))
                try bytes.write(to: URL(fileURLWithPath: "\(folder.path)/\(file)"))
            }
            try put("alice.pem", as: "client.pem")
            try put("key.pem", as: "client.key")
            let tls = """
                ca: "\(servers.authority)", client_certificate: "\(folder.path)/client.pem", \
                client_key: "\(folder.path)/client.key"
                """
            let gateway = try await Self.start(.auto, [("client", servers.url(.good), tls)])
            #expect(try await Self.page(gateway)["client0"]?.contains("CN=alice") == true)
            try put("bob.pem", as: "client.pem")
            #expect(try await gateway.control("reload").exitCode == 0)
            #expect(try await Self.page(gateway)["client0"]?.contains("CN=bob") == true)
            try Data("not a key".utf8).write(to: URL(fileURLWithPath: "\(folder.path)/client.key"))
            let refused = try await gateway.control("reload")
            #expect(refused.exitCode != 0)
            let told = (refused.output + refused.errors).joined(separator: "\n")
            #expect(told.contains("client.key is not PEM"), "\(told)")
            #expect(try await Self.page(gateway)["client0"]?.contains("CN=bob") == true)
        }
    }
}
