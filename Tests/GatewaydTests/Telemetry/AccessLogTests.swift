import Foundation
import Testing

extension RunningPrograms {
    @Suite(.serialized, .seat) struct AccessLogTests {
        private static func start(accessLog: Bool) async throws -> (TestUpstream, Gateway) {
            let upstream = try await TestUpstream.start()
            upstream.on("/a", .json("1"))
            upstream.on("/b", .status(500, "{}"))
            let gateway = try await Gateway.start(
                """
                upstreams: { all: { servers: ["\(upstream.url)"] } }
                routes:
                  - path: /page/{id}
                    merge: array
                    fan_out:
                      - { name: a, upstream: all, path: /a }
                      - { name: b, upstream: all, path: /b }
                """, accessLog: accessLog)
            return (upstream, gateway)
        }

        @Test("each request is a JSON line on standard output")
        func lines() async throws {
            let (_, gateway) = try await Self.start(accessLog: true)
            _ = try await gateway.get("/page/1?x=%22", headers: [("X-Request-Id", "log-1")])
            _ = try await gateway.get("/nowhere")
            try await waitUntil("both were logged") { gateway.standardOutput.count == 2 }
            let lines = try gateway.standardOutput.map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
            #expect(lines[0]["request_id"] as? String == "log-1")
            #expect(lines[0]["method"] as? String == "GET")
            #expect(lines[0]["target"] as? String == "/page/1?x=%22")
            #expect(lines[0]["route"] as? String == "/page/{id}")
            #expect(lines[0]["status"] as? Int == 200)
            #expect(lines[0]["bytes"] as? Int == 8)
            #expect(lines[0]["ms"] is Double)
            #expect(lines[0]["worker"] as? Int == 0)
            #expect(lines[0]["failed"] as? [String: String] == ["b": "status"])
            #expect((lines[0]["client"] as? String)?.hasPrefix("127.0.0.1:") == true)
            #expect(lines[0]["time"] is String)
            #expect(lines[1]["status"] as? Int == 404)
            #expect(lines[1]["route"] == nil)
        }

        @Test("access_log: false says nothing, and the drain loses no line where it is on")
        func offAndDrain() async throws {
            let (_, silent) = try await Self.start(accessLog: false)
            _ = try await silent.get("/page/1")
            silent.signal(SIGTERM)
            #expect(try await silent.exit() == 0)
            try await silent.program.allGone()
            #expect(silent.standardOutput.isEmpty)
            let (_, gateway) = try await Self.start(accessLog: true)
            for _ in 0..<20 { _ = try await gateway.get("/page/1") }
            gateway.signal(SIGTERM)
            #expect(try await gateway.exit() == 0)
            try await gateway.program.allGone()
            #expect(gateway.standardOutput.count == 20)
        }
    }
}
