import Testing

extension RunningPrograms {
    /// What a call may say of the answers that it takes.
    @Suite(.serialized, .seat) struct CallTests {
        @Test("a call takes the statuses that it expects and bodies up to its own limit, and no others")
        func expectations() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/ok", .json("1"))
            upstream.on("/missing", .status(404, "2"))
            upstream.on("/large", .json("\"" + String(repeating: "x", count: 10_000) + "\""))
            let gateway = try await Gateway.start(
                """
                limits: { response_body: 1KiB }
                upstreams: { all: { servers: ["\(upstream.url)"] } }
                routes:
                  - path: /
                    merge: envelope
                    fan_out:
                      - { name: missing, upstream: all, path: /missing, expect_status: [200-204, 404] }
                      - { name: wanted, upstream: all, path: /ok, expect_status: 404 }
                      - { name: usual, upstream: all, path: /missing }
                      - { name: roomy, upstream: all, path: /large, max_body: 20KiB }
                      - { name: tight, upstream: all, path: /ok, max_body: 1 }
                      - { name: short, upstream: all, path: /large, max_body: 9999 }
                      - { name: large, upstream: all, path: /large }
                """)
            let calls = try #require(try await gateway.get("/").json["results"] as? [String: [String: Any]])
            #expect(calls["missing"]?["status"] as? Int == 404)
            #expect(calls["missing"]?["body"] as? Int == 2)
            #expect(calls["wanted"]?["error"] as? String == "status")
            #expect(calls["usual"]?["error"] as? String == "status")
            #expect((calls["roomy"]?["body"] as? String)?.count == 10_000)
            #expect(calls["tight"]?["body"] as? Int == 1)
            #expect(calls["short"]?["error"] as? String == "too_large")
            #expect(calls["large"]?["error"] as? String == "too_large")
        }
    }
}
