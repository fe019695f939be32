import Testing

extension RunningPrograms {
    /// https upstreams, whose connections libcurl makes on either engine.
    @Suite(
        .serialized, .alone,
        .enabled(if: TLSUpstream.isPossible, "nginx and openssl make the servers, and one of them is not installed"))
    struct TLSTests {
        @Test(
            "only a certificate that is valid, for this host and of a trusted authority is good",
            arguments: TestEngine.allCases)
        func certificates(engine: TestEngine) async throws {
            let servers = try await TLSUpstream.start()
            let plain = try await TestUpstream.start()
            let page = try await EnginePage.start(
                engine,
                [
                    .succeeds("good", "\"secure\"", url: servers.url(.good)),
                    .fails("other_name", "tls", url: servers.url(.otherName)),
                    .fails("expired", "tls", url: servers.url(.expired)),
                    .fails("unknown", "tls", url: servers.url(.unknownAuthority)),
                    .fails("no_tls", "tls", url: "https://127.0.0.1:\(plain.port)"),
                ], upstreamKeys: ", tls: { ca: \"\(servers.authority)\" }")
            try await page.expectAsSaid()
        }

        @Test(
            "the system's authorities do not know the test's, and a file of others replaces them",
            arguments: TestEngine.allCases)
        func systemAuthorities(engine: TestEngine) async throws {
            let servers = try await TLSUpstream.start()
            let page = try await EnginePage.start(engine, [.fails("good", "tls", url: servers.url(.good))])
            try await page.expectAsSaid()
        }

        @Test("bodies that do not fit into the socket go up whole and as they come, and come down")
        func largeBodies() async throws {
            let servers = try await TLSUpstream.start()
            let plain = try await TestUpstream.start()
            let large = String(repeating: "0123456789abcdef", count: 200_000)
            plain.on("/through", .json("\"\(large)\""))
            let gateway = try await Gateway.start(
                """
                limits: { request_body: 8MiB }
                upstreams: { u: { servers: ["\(servers.url(.good))"], tls: { ca: "\(servers.authority)" } } }
                routes:
                  - { path: /through, timeout: 20s, proxy: { upstream: u } }
                  - path: /whole
                    methods: [POST]
                    timeout: 20s
                    fan_out: [{ name: a, upstream: u, path: "/through?port=\(plain.port)", method: POST, forward: { body: true } }]
                """)
            for path in ["/through?port=\(plain.port)", "/whole"] {
                let reply = try await gateway.send("POST", path, body: large)
                #expect(reply.status == 200 && reply.body.contains(large), "\(path)")
            }
            #expect(plain.requests("/through").map { $0.body == large } == [true, true])
        }

        @Test(
            "hundreds of connections that end at once or never begin leave nothing behind", .tags(.slow),
            arguments: TestEngine.allCases)
        func nothingLeft(engine: TestEngine) async throws {
            let servers = try await TLSUpstream.start()
            let page = try await EnginePage.start(
                engine,
                [
                    .succeeds("good", "\"secure\"", url: servers.url(.good)),
                    .fails("other_name", "tls", url: servers.url(.otherName)),
                    .fails("expired", "tls", url: servers.url(.expired)),
                ], upstreamKeys: ", keepalive: { connections: 0 }, tls: { ca: \"\(servers.authority)\" }")
            try await page.expectAsSaid()
            let pid = try #require(try await page.gateway.stats().workers.first?.pid)
            try await page.load(pages: 200)
            let before = Holdings(of: pid)
            try await page.load(pages: 600)
            let after = Holdings(of: pid)
            // Plain connections are kept for as many calls as ever ran at once, 48 clients' at most; of the others there
            // were 1,800.
            #expect(after.descriptors <= before.descriptors + 96, "\(before), then \(after)")
            #expect(after.residentBytes <= before.residentBytes + (8 << 20), "\(before), then \(after)")
            try await page.expectAsSaid()
        }
    }
}
